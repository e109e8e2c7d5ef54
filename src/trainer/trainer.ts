/**
 * The trainer behind the protocol: owns the device, the run and the loop. The loop keeps a few batches of steps in flight,
 * reads their rows when they arrive, and hands them on at most 30 times a second. Requests are served between steps.
 */
import * as Comlink from 'comlink';
import type { Executor } from '../engine/executor.ts';
import { GpuExecutor } from '../engine/gpu.ts';
import { shaderLibrary } from '../engine/library.ts';
import { checkCheckpoint, openCheckpoint, takeCheckpoint } from './checkpoint.ts';
import { decodeCheckpoint } from './checkpointFile.ts';
import { openDevice } from './device.ts';
import type {
  DispatchTimes,
  Histogram,
  HistogramOf,
  RowBatch,
  RunConfig,
  RunInfo,
  RunPhase,
  SampleGroup,
  SelfTestResult,
  SelfTestRow,
  Status,
  TrainerApi,
  TrainerEvents,
} from './protocol.ts';
import { resolve } from './resolve.ts';
import { type Row, Run } from './run.ts';
import { readSample } from './sample.ts';
import { slotTwins } from './slots.ts';

type EngineChoice = 'auto' | 'webgpu' | 'cpu';

/** An engine that was chosen for a run. */
interface Chosen {
  executor: Executor;
  /** of a GPU executor */
  device?: GPUDevice;
  /** why it was chosen, where that needs a word */
  message: string;
}

const release = ({ executor, device }: Partial<Chosen>): void => {
  executor?.destroy();
  device?.destroy();
};

/** Rows travel to the page at most this often. */
const SEND_INTERVAL_MS = 33;
/** A sealed batch of steps should last about this long, so that a request waits no longer. */
const BATCH_MS = 16;
/** Batches on their way at once: one running, one queued behind it. */
const BATCHES_IN_FLIGHT = 2;
/** The speed that is shown is the mean over this long. */
const SPEED_WINDOW_MS = 500;
/** Steps timed per engine when 'auto' has to choose. */
const TRIAL_STEPS = 4;

/** Lets messages and timers in; a worker's `setTimeout(0)` is clamped to 4 ms after a few nestings, a channel is not. */
function breathe(): Promise<void> {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });
}
const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** The reader did not want to wait for a run that was being opened. */
class Cancelled extends Error {
  override name = 'Cancelled';
}

export class Trainer implements TrainerApi {
  private events: TrainerEvents | undefined;
  private run: Run | undefined;
  private executor: Executor | undefined;
  private device: GPUDevice | undefined;
  private choice: EngineChoice = 'auto';
  /** of the newest run, also when its device is gone */
  private config: RunConfig | undefined;
  /** milliseconds per step by configuration, so that a software adapter is timed against the CPU engine once */
  private readonly trials = new Map<string, { gpu_ms: number; cpu_ms: number }>();
  private phase: RunPhase = 'empty';
  private message = '';
  private progress = 0;
  /** how often a cancel was asked for: a request is cancelled by one that came after it */
  private cancels = 0;
  private loop: Promise<void> | undefined;
  private wants_pause = false;
  private speed_limit = 0;
  private steps_per_second = 0;
  /** when the run would have begun had it never paused */
  private opened_at = 0;
  private paused_at = 0;
  private outbox: { row: Row; seconds: number }[] = [];
  private sent_at = 0;
  /** requests that change the run wait for each other */
  private queue: Promise<unknown> = Promise.resolve();

  async listen(events: TrainerEvents): Promise<void> {
    this.events = events;
    this.tell();
  }

  private tell(change: { phase?: RunPhase; message?: string; progress?: number } = {}): void {
    if (change.phase === 'paused') this.paused_at = performance.now();
    this.phase = change.phase ?? this.phase;
    this.message = change.message ?? this.message;
    this.progress = change.progress ?? this.progress;
    const status: Status = {
      phase: this.phase,
      step: this.run?.step ?? 0,
      steps_per_second: this.steps_per_second,
      message: this.message,
      progress: this.progress,
    };
    this.events?.status(status);
  }

  /**
   * One request after another, none while a step is in flight. With `goes_on` a running loop is only interrupted: it
   * continues afterwards and the page hears of no pause.
   */
  private exclusive<T>(work: () => Promise<T>, goes_on = true): Promise<T> {
    const next = this.queue.then(async () => {
      await this.halt();
      if (this.phase === 'running' && !goes_on) this.tell({ phase: 'paused' });
      try {
        return await work();
      } finally {
        if (this.phase === 'running' && this.run) this.launch();
      }
    });
    this.queue = next.catch(() => {});
    return next;
  }

  private async makeGpu(): Promise<{ executor: GpuExecutor; device: GPUDevice }> {
    const { device, info } = await openDevice(globalThis.navigator?.gpu);
    const executor = new GpuExecutor(device, info, shaderLibrary);
    void executor.lost.then((why) => {
      // a device that we destroyed ourselves belongs to no executor any more
      if (this.executor !== executor) return;
      this.executor = undefined;
      this.tell({ phase: 'failed', message: `${why} Press restart to open a new one; the settings are kept.` });
    });
    return { executor, device };
  }
  /** The twins come only to those who need them. */
  private async makeCpu(): Promise<Executor> {
    const { CpuExecutor } = await import('../engine/cpu.ts');
    return new CpuExecutor(shaderLibrary, { slots: slotTwins() });
  }

  async cancel(): Promise<void> {
    this.cancels++;
  }
  /** Makes what throws in a request that was cancelled after this moment. */
  private cancelCheck(): () => void {
    const before = this.cancels;
    return () => {
      if (this.cancels !== before) throw new Cancelled('Opening the run was cancelled.');
    };
  }

  /** A device that goes while a run is built on it refuses nothing: what was built is not there. */
  private checkAlive(): void {
    if (!this.executor) throw new Error(this.message);
  }

  private discard(): void {
    const { executor, device } = this;
    this.executor = undefined; // first, so that a device which goes is not taken for a lost one
    this.run = undefined;
    this.device = undefined;
    release({ executor, device });
  }

  /** The engine for a configuration. 'auto' times both engines where the only adapter is a software one. */
  private async chooseEngine(choice: EngineChoice, config: RunConfig): Promise<Chosen> {
    if (choice === 'cpu') return { executor: await this.makeCpu(), message: '' };
    let gpu: Awaited<ReturnType<Trainer['makeGpu']>>;
    try {
      gpu = await this.makeGpu();
    } catch (error) {
      const { message: why } = error as Error;
      if (choice === 'webgpu') throw new Error(`${why} Or choose the CPU engine.`);
      const message = `${why} The run goes on with the CPU engine.`;
      return { executor: await this.makeCpu(), message };
    }
    if (choice === 'webgpu' || !gpu.executor.info.is_software) return { ...gpu, message: '' };
    const short = { ...config, batch: { ...config.batch, warm_up_steps: 0, eval_every: 0 } };
    const key = JSON.stringify([
      config.task,
      config.policy,
      config.algorithm,
      config.parts,
      config.task_settings,
      config.policy_settings,
      short.batch,
    ]);
    const cpu = await this.makeCpu();
    let times = this.trials.get(key);
    if (!times) {
      try {
        times = {
          gpu_ms: await trial(await Run.open(gpu.executor, short)),
          cpu_ms: await trial(await Run.open(cpu, short)),
        };
      } catch (error) {
        release(gpu);
        throw error;
      }
      this.trials.set(key, times);
    }
    const is_cpu_faster = times.cpu_ms < times.gpu_ms;
    const message = `Only a software adapter was found: ${times.gpu_ms.toFixed(1)} ms a step, ${times.cpu_ms.toFixed(1)} ms on the CPU engine, so the ${is_cpu_faster ? 'CPU engine' : 'software adapter'} runs.`;
    release(is_cpu_faster ? gpu : { executor: cpu });
    return is_cpu_faster ? { executor: cpu, message } : { ...gpu, message };
  }

  private adopt({ executor, device, message }: Chosen): void {
    this.executor = executor;
    this.device = device;
    this.message = message;
  }

  /** Opens a run. The former one is kept until the new one stands, and is back when the opening is cancelled. */
  private async begin(
    choice: EngineChoice,
    config: RunConfig,
    open: (executor: Executor) => Promise<Run>,
    check: () => void,
  ): Promise<RunInfo> {
    const { run, executor, device, paused_at } = this;
    const former = { choice: this.choice, config: this.config, run, executor, device };
    Object.assign(this, { choice, config, run: undefined, executor: undefined, device: undefined });
    this.outbox = [];
    this.steps_per_second = 0;
    this.tell({ phase: 'compiling', message: '', progress: 0 });
    try {
      const chosen = await this.chooseEngine(choice, config);
      this.adopt(chosen);
      check();
      this.run = await open(chosen.executor);
      check();
      this.checkAlive();
    } catch (error) {
      this.discard();
      if (error instanceof Cancelled && run) {
        Object.assign(this, former);
        this.tell({ phase: 'paused', message: '', progress: 1 });
        this.paused_at = paused_at; // the opening was no time of its own
        throw error;
      }
      executor?.destroy();
      device?.destroy();
      this.tell({ phase: 'failed', message: (error as Error).message });
      throw error;
    }
    executor?.destroy();
    device?.destroy();
    this.opened_at = performance.now();
    this.tell({ phase: 'paused', progress: 1 });
    return this.run.info();
  }

  private beginAnew(config: RunConfig, choice: EngineChoice, check: () => void): Promise<RunInfo> {
    // says how far an opening is, and lets a `cancel` in
    const getReady = async (phase: RunPhase, progress: number): Promise<void> => {
      this.tell({ phase, progress });
      await breathe();
      check();
    };
    return this.begin(choice, config, (executor) => Run.open(executor, config, getReady), check);
  }

  async open(config: RunConfig, engine: EngineChoice): Promise<RunInfo> {
    resolve(config); // a wrong name or number stops nothing
    const check = this.cancelCheck();
    return this.exclusive(() => this.beginAnew(config, engine, check), false);
  }

  /** From step 0 on the executor that is there; a new one where it was lost, or where a long start may be cancelled. */
  reset(): Promise<RunInfo> {
    const check = this.cancelCheck();
    return this.exclusive(async () => {
      check();
      // read in its turn: the requests before it may have changed the run
      const config = this.run?.config ?? this.config;
      const { executor } = this;
      if (!config) throw new Error('There is no run. Open one first.');
      if (!executor || config.batch.warm_up_steps) return this.beginAnew(config, this.choice, check);
      this.run = undefined;
      this.outbox = [];
      this.tell({ phase: 'compiling', progress: 0 });
      try {
        this.run = await Run.open(executor, config, (phase, progress) => this.tell({ phase, progress }));
        this.checkAlive();
      } catch (error) {
        this.tell({ phase: 'failed', message: (error as Error).message });
        throw error;
      }
      this.opened_at = performance.now();
      this.tell({ phase: 'paused', progress: 1 });
      return this.run.info();
    }, false);
  }

  private current(): Run {
    if (!this.run || !this.executor) throw new Error('There is no run. Open one first.');
    return this.run;
  }

  async start(): Promise<void> {
    await this.queue;
    this.current();
    if (this.phase === 'paused') this.launch();
  }

  pause(): Promise<void> {
    return this.exclusive(async () => {}, false);
  }

  step(): Promise<void> {
    return this.exclusive(async () => {
      const run = this.current();
      this.opened_at += performance.now() - this.paused_at;
      this.post(await run.advance(1));
      this.paused_at = performance.now();
      this.flush();
      this.tell();
    }, false);
  }

  setHyper(name: string, value: number, replica?: number): Promise<RunInfo> {
    return this.exclusive(async () => {
      const run = this.current();
      this.events?.edit(await run.setHyper(name, value, replica));
      return run.info();
    });
  }

  swap(change: { algorithm?: string; parts?: Record<string, string> }): Promise<RunInfo> {
    return this.exclusive(async () => {
      const run = this.current();
      this.events?.edit(await run.swap(change));
      return run.info();
    });
  }

  checkpoint(): Promise<ArrayBuffer> {
    return this.exclusive(async () => {
      const file = await takeCheckpoint(this.current());
      return Comlink.transfer(file, [file]);
    });
  }

  /** The present run stays until the other one stands, and goes on where that one is refused. */
  async restore(file: ArrayBuffer): Promise<RunInfo> {
    const checkpoint = decodeCheckpoint(file); // a bad file stops nothing
    checkCheckpoint(checkpoint);
    const check = this.cancelCheck();
    return this.exclusive(async () => {
      check();
      const chosen = await this.chooseEngine(this.choice, checkpoint.config);
      let run: Run;
      try {
        check();
        run = await openCheckpoint(chosen.executor, checkpoint);
        check();
      } catch (error) {
        release(chosen);
        throw error;
      }
      this.discard();
      this.adopt(chosen);
      this.run = run;
      this.config = checkpoint.config;
      this.outbox = [];
      this.steps_per_second = 0;
      this.opened_at = performance.now() - 1000 * (checkpoint.rows?.seconds.at(-1) ?? 0);
      this.tell({ phase: 'paused', progress: 1 });
      return run.info();
    });
  }

  /** Reads beside the loop: the copies are queued between two steps. */
  async sample(prompt_index: number, replica: number, follow?: number, is_close = false): Promise<SampleGroup> {
    await this.queue;
    return readSample(this.current(), prompt_index, replica, follow, is_close);
  }

  /** Reads beside the loop too. */
  async histogram(of: HistogramOf, replica: number): Promise<Histogram> {
    const { readHistogram } = await import('./histogram.ts'); // only a page that shows it needs it
    await this.queue;
    return readHistogram(this.current(), of, replica);
  }

  timeDispatches(goOn: (share: number) => boolean | Promise<boolean>): Promise<DispatchTimes | undefined> {
    return this.exclusive(async () => {
      const timing = await import('./timing.ts'); // few readers ask for it
      const began = performance.now();
      try {
        return await timing.timeDispatches(this.current(), goOn);
      } finally {
        if (this.phase === 'running') this.opened_at += performance.now() - began; // no time of the run's own
      }
    });
  }

  /** Checked beside the loop, as when a run is opened. */
  async refusals(configs: readonly RunConfig[]): Promise<string[]> {
    return configs.map((config) => {
      try {
        resolve(config, this.executor?.info);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    });
  }

  async setSpeed(steps_per_second: number): Promise<void> {
    if (!(steps_per_second >= 0))
      throw new Error(`speed is ${steps_per_second}; wanted 0 (no limit) or steps per second.`);
    this.speed_limit = steps_per_second;
  }

  selfTest(onRow: (row: SelfTestRow) => void): Promise<SelfTestResult> {
    return this.exclusive(async () => {
      const { device, info } = await openDevice(globalThis.navigator?.gpu).catch((error: Error) => {
        throw new Error(`The self-test compares shaders with their twins, which takes WebGPU. ${error.message}`);
      });
      try {
        const { selfTest } = await import('./selfTest.ts'); // fixtures and scenes, which no run needs
        return await selfTest(device, info, onRow);
      } finally {
        device.destroy();
      }
    });
  }

  private launch(): void {
    this.wants_pause = false;
    if (this.phase === 'paused') this.opened_at += performance.now() - this.paused_at;
    if (this.phase !== 'running') this.tell({ phase: 'running' });
    this.loop = this.train()
      .catch((error: Error) => {
        if (this.executor) this.tell({ phase: 'failed', message: error.message }); // else the lost device has told why
      })
      .finally(() => {
        this.loop = undefined;
      });
  }

  private async halt(): Promise<void> {
    this.wants_pause = true;
    await this.loop;
  }

  private async train(): Promise<void> {
    const run = this.current();
    const { executor } = run;
    let steps_per_batch = 1;
    let ms_per_step = BATCH_MS;
    let batch = 0;
    let batch_began = performance.now();
    let last_arrival = batch_began;
    let counted = 0;
    let counted_since = batch_began;
    const arrive = async () => {
      const rows = await run.take();
      const now = performance.now();
      // smoothed, from arrival to arrival: what the pipeline really delivers
      if (rows.length > 0) ms_per_step += 0.3 * ((now - last_arrival) / rows.length - ms_per_step);
      last_arrival = now;
      counted += rows.length;
      if (now - counted_since >= SPEED_WINDOW_MS) {
        this.steps_per_second = (counted * 1000) / (now - counted_since);
        counted = 0;
        counted_since = now;
      }
      steps_per_batch = Math.max(
        1,
        Math.min(executor.info.kind === 'cpu' ? 64 : 32, Math.round(BATCH_MS / ms_per_step)),
      );
      this.post(rows);
      if (now - this.sent_at >= SEND_INTERVAL_MS) {
        this.flush();
        this.tell();
      }
    };
    while (!this.wants_pause) {
      run.submit();
      batch++;
      const is_full = batch >= steps_per_batch || executor.rows_left === 0;
      const limited = this.speed_limit > 0;
      if (is_full || limited || performance.now() - batch_began > BATCH_MS) {
        executor.seal();
        batch = 0;
        while (executor.num_sealed > (limited || executor.info.kind === 'cpu' ? 0 : BATCHES_IN_FLIGHT - 1))
          await arrive();
        await breathe();
        if (limited) await this.idle(batch_began);
        batch_began = performance.now();
      }
    }
    executor.seal();
    while (executor.num_sealed > 0) await arrive();
    this.flush();
  }

  /** Sleeps until a step that began then has had its time, in slices: neither a pause nor another limit waits for a slow one. */
  private async idle(began: number): Promise<void> {
    const left = () => (this.speed_limit > 0 ? began + 1000 / this.speed_limit - performance.now() : 0);
    for (let ms = left(); ms > 0 && !this.wants_pause; ms = left()) await sleep(Math.min(50, ms));
  }

  private post(rows: Row[]): void {
    const seconds = (performance.now() - this.opened_at) / 1000;
    for (const row of rows) this.outbox.push({ row, seconds });
  }

  private flush(): void {
    this.sent_at = performance.now();
    if (this.outbox.length === 0 || !this.events || !this.run) return;
    const width = this.outbox[0].row.values.length;
    // rows of before and after an exchange of parts may differ in width: never in one batch
    const count = this.outbox.findIndex((o) => o.row.values.length !== width);
    const rows = this.outbox.splice(0, count < 0 ? this.outbox.length : count);
    const num_replicas = this.run.replicas;
    const batch: RowBatch = {
      num_metrics: width / num_replicas,
      num_replicas,
      steps: Int32Array.from(rows, (o) => o.row.step),
      seconds: Float64Array.from(rows, (o) => o.seconds),
      values: new Float32Array(rows.length * width),
    };
    for (const [i, o] of rows.entries()) batch.values.set(o.row.values, i * width);
    this.events.rows(Comlink.transfer(batch, [batch.steps.buffer, batch.seconds.buffer, batch.values.buffer]));
  }
}

/** Milliseconds of the fastest of some steps, after two to warm up: the fastest is what the machine can do. */
async function trial(run: Run): Promise<number> {
  await run.advance(2);
  let fastest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < TRIAL_STEPS; k++) {
    const began = performance.now();
    await run.advance(1);
    fastest = Math.min(fastest, performance.now() - began);
  }
  return fastest;
}
