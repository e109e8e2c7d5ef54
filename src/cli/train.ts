/** `npm run train`: the page’s trainer as a command. `npm run train -- --help` says what it takes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { CpuExecutor } from '../engine/cpu.ts';
import type { Executor } from '../engine/executor.ts';
import { GpuExecutor } from '../engine/gpu.ts';
import { shaderLibrary } from '../engine/library.ts';
import { printProgram } from '../engine/program.ts';
import { plural } from '../state/format.ts';
import { checkCheckpoint, checkpointOf, openCheckpoint } from '../trainer/checkpoint.ts';
import { type Checkpoint, type CheckpointRows, decodeCheckpoint, encodeCheckpoint } from '../trainer/checkpointFile.ts';
import type { RecordedEdit, RunConfig } from '../trainer/protocol.ts';
import { compareRows, RowLog } from '../trainer/rowLog.ts';
import { type Row, Run } from '../trainer/run.ts';
import { slotTwins } from '../trainer/slots.ts';
import { type EngineName, helpText, hyperValues, parseCommand, type TrainCommand } from './arguments.ts';
import { openNodeDevice } from './device.ts';
import { listText } from './list.ts';
import { Progress } from './progress.ts';
import { assertWritable, LineSink, notFinite, reasonOf, rowObject } from './rows.ts';

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

function readCheckpoint(option: string, path: string): Checkpoint {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Error(`${option} ${path} cannot be read: ${reasonOf(error)}. Choose a file that exists and is yours.`);
  }
  const name = `${option} ${path}`;
  const checkpoint = decodeCheckpoint(Uint8Array.from(bytes).buffer, name);
  checkCheckpoint(checkpoint, name);
  return checkpoint;
}

/** A run from step 0. */
async function openNew(config: RunConfig, is_quiet: boolean, executor: Executor): Promise<Run> {
  const steps = config.batch.warm_up_steps ?? 0;
  const warm_up = new Progress(steps, is_quiet);
  const run = await Run.open(executor, config, (phase, progress) => {
    if (phase === 'warming_up') warm_up.show(Math.round(progress * steps), 'warm-up');
  });
  warm_up.end();
  return run;
}

/** The run of a checkpoint with this command's changes. */
async function goOn({ change }: TrainCommand, checkpoint: Checkpoint, executor: Executor): Promise<Run> {
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

  constructor(private readonly replicas: number) {}

  add(row: Row, metrics: readonly { id: string }[]): void {
    const width = metrics.length;
    metrics.forEach(({ id }, m) => {
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

/** Where the rows of a run go. */
interface Takers {
  sink: LineSink | undefined;
  log: RowLog | undefined;
  newest: Newest;
}

/** Trains so many steps, making each edit again before its step; returns how many were run and in how many seconds. */
async function train(
  run: Run,
  total: number,
  edits: readonly RecordedEdit[],
  is_quiet: boolean,
  { sink, log, newest }: Takers,
  wantsStop: () => boolean,
) {
  const { executor, replicas } = run;
  let { metrics } = run.info();
  const progress = new Progress(total, is_quiet);
  const began = performance.now();
  let steps = 0;
  let done = 0;
  let warning = '';
  const arrive = async () => {
    const rows = await run.take();
    const seconds = (performance.now() - began) / 1000;
    const ids = metrics.map(({ id }) => id);
    for (const row of rows) {
      newest.add(row, metrics);
      log?.add(row, ids, seconds);
      const bad = warning === '' ? notFinite(row, replicas, metrics) : undefined;
      if (bad) warning = `At step ${row.step} ${bad} was not a finite number; the row leaves it out.`;
    }
    await sink?.write(
      rows.flatMap((row) => Array.from({ length: replicas }, (_, r) => rowObject(row, r, metrics, seconds))),
    );
    done += rows.length;
    progress.show(done, `${(done / seconds).toPrecision(3)} steps/s  ${newest.text}`);
  };
  const left = [...edits];
  const makeEdits = async () => {
    if (left[0]?.step !== run.step) return;
    while (executor.num_sealed > 0) await arrive();
    while (left[0]?.step === run.step) await run.repeat(left.shift()!.change);
    ({ metrics } = run.info());
  };
  // at most a twentieth of the run in a batch, so that short runs show progress too
  const most = Math.ceil(total / 20);
  while (steps < total && !wantsStop()) {
    await makeEdits();
    const batch_began = performance.now();
    const until = Math.min(total, steps + most);
    do {
      run.submit();
      steps++;
    } while (
      steps < until &&
      executor.rows_left > 0 &&
      left[0]?.step !== run.step &&
      performance.now() - batch_began < BATCH_MS
    );
    executor.seal();
    while (executor.num_sealed > 1) await arrive();
    await new Promise<void>((next) => setImmediate(next)); // lets Ctrl-C in
  }
  while (executor.num_sealed > 0) await arrive();
  await makeEdits(); // those after the last step
  progress.end();
  if (warning) console.error(warning);
  return { done, seconds: (performance.now() - began) / 1000 };
}

function summary(run: Run, done: number, seconds: number, newest: Newest): string {
  const { replicas, config } = run;
  const over = replicas === 1 ? '' : `, mean over ${replicas} replicas`;
  const lines = [
    `${config.algorithm} on ${config.task} with ${config.policy}: ${plural(done, 'step')} in ${seconds.toFixed(2)} s, ${(done / seconds).toPrecision(3)} steps/s on ${run.executor.info.adapter}`,
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
  return `${printProgram(program)}\n\n${plural(num_launches, 'dispatch', 'dispatches')}, ${num_parameters} parameters per replica\n`;
}

/** A bundle with something to compare; throws one sentence where a file has nothing. */
function readBundle(path: string): Checkpoint & { rows: CheckpointRows } {
  const bundle = readCheckpoint('--bundle', path);
  const { rows } = bundle;
  if (!rows || rows.steps.length === 0)
    throw new Error(
      `--bundle ${path} holds no metrics to compare; wanted a bundle of at least one step. --checkpoint-in goes on from a checkpoint.`,
    );
  return { ...bundle, rows };
}

/** What came of computing a bundle again, and the exit code: 1 where the same engine gave other numbers. */
function verdict(bundle: Checkpoint & { rows: CheckpointRows }, run: Run, log: RowLog): { text: string; code: number } {
  const { num_compared, num_different, worst } = compareRows(bundle.rows, log.rows(), run.replicas);
  const { adapter } = run.executor.info;
  if (!worst) return { text: `All ${num_compared} numbers of the bundle were computed again, bit for bit.\n`, code: 0 };
  const { metric, step, relative, file, here } = worst;
  const is_same = bundle.engine.kind === run.executor.info.kind && bundle.engine.adapter === adapter;
  const engine = is_same ? 'on the same engine' : `by ${bundle.engine.adapter} and here by ${adapter}`;
  return {
    text:
      `${num_different} of ${num_compared} numbers of the bundle, computed ${engine}, differ; ` +
      `most of all ${metric} at step ${step}: ${file} in the file, ${here} here, apart by ${relative.toPrecision(2)} of the largest size of that metric in the run.\n`,
    code: is_same ? 1 : 0,
  };
}

/** Runs one command line; returns the exit code. */
export async function main(argv: string[]): Promise<number> {
  const command = parseCommand(argv);
  if (command.action !== 'train') {
    const text = { help: helpText, list: listText, program: () => programText(command.config) }[command.action];
    process.stdout.write(await text());
    return 0;
  }
  const { checkpoint_out, bundle_out, is_quiet } = command;
  // everything that can be refused is refused before a device is opened; a file is emptied when the run begins
  const bundle = command.bundle === undefined ? undefined : readBundle(command.bundle);
  const checkpoint =
    command.checkpoint_in === undefined ? undefined : readCheckpoint('--checkpoint-in', command.checkpoint_in);
  if (checkpoint_out !== undefined) assertWritable('--checkpoint-out', checkpoint_out);
  if (bundle_out !== undefined) assertWritable('--bundle-out', bundle_out);
  const sink = command.out === undefined ? undefined : new LineSink(command.out);
  const executor = await openExecutor(command.engine ?? bundle?.engine.kind ?? 'webgpu');
  const run = checkpoint
    ? await goOn(command, checkpoint, executor)
    : await openNew(bundle?.first_config ?? command.config, is_quiet, executor);
  for (const [replica, row] of command.spread.entries())
    for (const [name, value] of Object.entries(row)) await run.setHyper(name, value, replica);
  const steps = bundle ? bundle.rows.steps[bundle.rows.steps.length - 1] + 1 : command.steps;
  // from here on Ctrl-C ends the run in order; a second one ends it at once
  let is_interrupted = false;
  const interrupt = () => {
    if (is_interrupted) process.exit(INTERRUPTED);
    is_interrupted = true;
  };
  process.on('SIGINT', interrupt);
  sink?.begin();
  const newest = new Newest(run.replicas);
  const log = bundle || bundle_out !== undefined ? new RowLog(run.replicas) : undefined;
  const takers = { sink, log, newest };
  const { done, seconds } = await train(run, steps, bundle?.edits ?? [], is_quiet, takers, () => is_interrupted);
  sink?.close();
  if (checkpoint_out !== undefined || bundle_out !== undefined) {
    const state = await checkpointOf(run);
    if (checkpoint_out !== undefined) writeFileSync(checkpoint_out, new Uint8Array(encodeCheckpoint(state)));
    if (bundle_out !== undefined)
      writeFileSync(bundle_out, new Uint8Array(encodeCheckpoint({ ...state, rows: log?.rows() })));
  }
  process.removeListener('SIGINT', interrupt);
  const out = command.out === '-' ? process.stderr : process.stdout;
  if (is_interrupted) out.write(`Interrupted after ${done} of ${plural(steps, 'step')}; what was written is whole.\n`);
  out.write(summary(run, done, seconds, newest));
  if (is_interrupted) return INTERRUPTED;
  if (!bundle || !log) return 0;
  const { text, code } = verdict(bundle, run, log);
  out.write(text);
  return code;
}
