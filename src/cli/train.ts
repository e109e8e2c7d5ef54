/** `npm run train`: the page’s trainer as a command. `npm run train -- --help` says what it takes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { CpuExecutor } from '../engine/cpu.ts';
import type { Executor } from '../engine/executor.ts';
import { GpuExecutor } from '../engine/gpu.ts';
import { shaderLibrary } from '../engine/library.ts';
import { type Checkpoint, decodeCheckpoint, openCheckpoint, takeCheckpoint } from '../trainer/checkpoint.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import { type Row, Run } from '../trainer/run.ts';
import { slotTwins } from '../trainer/slots.ts';
import { type EngineName, helpText, hyperValues, parseCommand, type TrainCommand } from './arguments.ts';
import { openNodeDevice } from './device.ts';
import { listText } from './list.ts';
import { Progress } from './progress.ts';
import { assertWritable, LineSink, notFinite, rowObject } from './rows.ts';

/** Exit code after an interruption, as shells give it. */
const INTERRUPTED = 130;
/** A sealed batch of steps lasts about this long: short enough for Ctrl-C, long enough to cost nothing. */
const BATCH_MS = 50;

async function openExecutor(engine: EngineName): Promise<Executor> {
  if (engine === 'cpu') return new CpuExecutor(shaderLibrary, { slots: slotTwins() });
  const { device, info } = await openNodeDevice().catch((error: Error) => {
    throw new Error(`${error.message.replace(/\.?$/, '.')} --engine cpu trains without one.`);
  });
  device.addEventListener('uncapturederror', (event) => console.error(`GPU error: ${event.error.message}`));
  const adapter = info.description || info.architecture || info.vendor || 'unnamed adapter';
  return new GpuExecutor(device, { kind: 'webgpu', adapter, is_software: info.software }, shaderLibrary);
}

function readCheckpoint(path: string): Checkpoint {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Error(`--checkpoint-in ${path} cannot be read: ${(error as Error).message.replace(/, \w+ '.*$/, '')}.`);
  }
  return decodeCheckpoint(Uint8Array.from(bytes).buffer);
}

/** The run of a checkpoint with this command's changes, or a new one. */
async function openRun(command: TrainCommand, checkpoint: Checkpoint | undefined, executor: Executor): Promise<Run> {
  const { change, is_quiet } = command;
  if (!checkpoint) {
    const warm_up = new Progress(command.config.batch.warm_up_steps ?? 0, is_quiet);
    const run = await Run.open(executor, command.config, (phase, progress) => {
      if (phase === 'warming_up')
        warm_up.show(Math.round(progress * (command.config.batch.warm_up_steps ?? 0)), 'warm-up');
    });
    warm_up.end();
    return run;
  }
  const run = await openCheckpoint(executor, checkpoint);
  const has_parts = Object.keys(change.parts).length > 0;
  if (change.algorithm !== undefined || has_parts)
    await run.swap({ algorithm: change.algorithm, parts: has_parts ? change.parts : undefined });
  for (const [name, value] of Object.entries(hyperValues(run.config, change.hyper))) await run.setHyper(name, value);
  return run;
}

/** What the summary says of the rows: mean over replicas of the newest measured value of a metric, and its step. */
class Newest {
  private readonly values = new Map<string, { step: number; mean: number }>();

  constructor(
    private readonly metrics: readonly string[],
    private readonly replicas: number,
  ) {}

  add(row: Row): void {
    const width = this.metrics.length;
    this.metrics.forEach((id, m) => {
      let sum = 0;
      for (let r = 0; r < this.replicas; r++) sum += row.values[r * width + m];
      if (Number.isFinite(sum)) this.values.set(id, { step: row.step, mean: sum / this.replicas });
    });
  }

  /** `reward 0.938  entropy 0.245  accuracy 1.000`, as far as measured */
  get text(): string {
    const shown = { reward_mean: 'reward', entropy: 'entropy', accuracy: 'accuracy' };
    return Object.entries(shown)
      .flatMap(([id, name]) => (this.values.has(id) ? [`${name} ${this.values.get(id)!.mean.toFixed(3)}`] : []))
      .join('  ');
  }
  of(id: string): { step: number; mean: number } | undefined {
    return this.values.get(id);
  }
}

/** Trains, and returns how many steps were run and in how many seconds. */
async function train(
  run: Run,
  command: TrainCommand,
  sink: LineSink | undefined,
  newest: Newest,
  wantsStop: () => boolean,
) {
  const { executor, replicas } = run;
  const { metrics } = run.info();
  const progress = new Progress(command.steps, command.is_quiet);
  const began = performance.now();
  let steps = 0;
  let done = 0;
  let warning = '';
  const arrive = async () => {
    const rows = await run.take();
    const seconds = (performance.now() - began) / 1000;
    for (const row of rows) {
      newest.add(row);
      const bad = warning === '' ? notFinite(row, replicas, metrics) : undefined;
      if (bad) warning = `At step ${row.step} ${bad} was not a finite number; the row leaves it out.`;
    }
    await sink?.write(
      rows.flatMap((row) => Array.from({ length: replicas }, (_, r) => rowObject(row, r, metrics, seconds))),
    );
    done += rows.length;
    progress.show(done, `${(done / seconds).toPrecision(3)} steps/s  ${newest.text}`);
  };
  // at most a twentieth of the run in a batch, so that short runs show progress too
  const most = Math.ceil(command.steps / 20);
  while (steps < command.steps && !wantsStop()) {
    const batch_began = performance.now();
    const until = Math.min(command.steps, steps + most);
    do {
      run.submit();
      steps++;
    } while (steps < until && executor.rows_left > 0 && performance.now() - batch_began < BATCH_MS);
    executor.seal();
    while (executor.num_sealed > 1) await arrive();
    await new Promise<void>((next) => setImmediate(next)); // lets Ctrl-C in
  }
  while (executor.num_sealed > 0) await arrive();
  progress.end();
  if (warning) console.error(warning);
  return { done, seconds: (performance.now() - began) / 1000 };
}

function summary(run: Run, done: number, seconds: number, newest: Newest): string {
  const { replicas, config } = run;
  const over = replicas === 1 ? '' : `, mean over ${replicas} replicas`;
  const lines = [
    `${config.algorithm} on ${config.task} with ${config.policy}: ${done} steps in ${seconds.toFixed(2)} s, ${(done / seconds).toPrecision(3)} steps/s on ${run.executor.info.adapter}`,
  ];
  const reward = newest.of('reward_mean');
  if (reward) lines.push(`reward   ${reward.mean.toFixed(3)} at step ${reward.step}${over}`);
  const accuracy = newest.of('accuracy');
  if (accuracy) lines.push(`accuracy ${accuracy.mean.toFixed(3)} at step ${accuracy.step}${over}, greedy`);
  return `${lines.join('\n')}\n`;
}

/** The dispatches of one step, and what they come to. */
async function programText(config: RunConfig): Promise<string> {
  const executor = new CpuExecutor(shaderLibrary, { slots: slotTwins() });
  const run = await Run.open(executor, { ...config, batch: { ...config.batch, warm_up_steps: 0 } });
  const { program, num_launches, num_parameters } = run.info();
  return `${program}\n\n${num_launches} dispatches, ${num_parameters} parameters per replica\n`;
}

/** Runs one command line; returns the exit code. */
export async function main(argv: string[]): Promise<number> {
  const command = parseCommand(argv);
  if (command.action !== 'train') {
    const text = { help: helpText, list: listText, program: () => programText(command.config) }[command.action];
    process.stdout.write(await text());
    return 0;
  }
  for (const sentence of command.complaints) console.error(`--link: ${sentence}`);
  // everything that can be refused is refused before a device is opened; a file is emptied when the run begins
  const checkpoint = command.checkpoint_in === undefined ? undefined : readCheckpoint(command.checkpoint_in);
  if (command.checkpoint_out !== undefined) assertWritable('--checkpoint-out', command.checkpoint_out);
  const sink = command.out === undefined ? undefined : new LineSink(command.out);
  const executor = await openExecutor(command.engine);
  const run = await openRun(command, checkpoint, executor);
  // from here on Ctrl-C ends the run in order; a second one ends it at once
  let is_interrupted = false;
  const interrupt = () => {
    if (is_interrupted) process.exit(INTERRUPTED);
    is_interrupted = true;
  };
  process.on('SIGINT', interrupt);
  sink?.begin();
  const newest = new Newest(
    run.info().metrics.map((m) => m.id),
    run.replicas,
  );
  const { done, seconds } = await train(run, command, sink, newest, () => is_interrupted);
  sink?.close();
  if (command.checkpoint_out !== undefined)
    writeFileSync(command.checkpoint_out, new Uint8Array(await takeCheckpoint(run)));
  process.removeListener('SIGINT', interrupt);
  const out = command.out === '-' ? process.stderr : process.stdout;
  if (is_interrupted) out.write(`Interrupted after ${done} of ${command.steps} steps; what was written is whole.\n`);
  out.write(summary(run, done, seconds, newest));
  return is_interrupted ? INTERRUPTED : 0;
}
