/** Timing the dispatches of a step: the run is as it was afterwards, and the page forgets times of another program. */
import { describe, expect, test, vi } from 'vitest';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { dispatchLines, dispatchTable, timeCells, timesSentence, timesSource } from '../../src/state/dispatches.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { RunConfig, Status } from '../../src/trainer/protocol.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';
import { timeDispatches } from '../../src/trainer/timing.ts';
import { Trainer } from '../../src/trainer/trainer.ts';
import { realLab, takeSteps } from './lib/realLab.ts';

const small = { prompts: 2, group_size: 2, minibatches: 1, eval_every: 0 };
const cpu = () => new CpuExecutor(shaderLibrary, { slots: slotTwins() });
const yes = () => true;

/** A trainer that keeps what it tells. */
async function openTrainer(change: Partial<RunConfig>) {
  const trainer = new Trainer();
  const steps: number[] = [];
  const rows: number[] = [];
  const phases: Status['phase'][] = [];
  await trainer.listen({
    rows: (batch) => {
      steps.push(...batch.steps);
      rows.push(...new Uint32Array(batch.values.buffer)); // bits: NaN equals NaN
    },
    status: ({ phase }) => phases.push(phase),
    edit: () => {},
  });
  const info = await trainer.open(defaultRun(change), 'cpu');
  return { trainer, info, steps, rows, phases };
}

describe('the engine', () => {
  test('leaves the buffers of a step, however often a dispatch is repeated', async () => {
    const config = defaultRun({ algorithm: 'ppo', batch: { ...small, epochs: 2 } });
    const [plain, profiled] = [await Run.open(cpu(), config), await Run.open(cpu(), config)];
    for (const run of [plain, profiled]) await run.advance(1);
    plain.executor.run(plain.loaded);
    const times = await profiled.executor.profile(profiled.loaded, (index) => 1 + (index % 4));
    expect(times).toHaveLength(profiled.loaded.num_launches);
    const names = Object.keys(plain.program.buffers);
    expect(await profiled.executor.read(names)).toEqual(await plain.executor.read(names));
  });
});

describe('the trainer', () => {
  test.each<[string, Partial<RunConfig>]>([
    ['grpo', { batch: small }],
    ['a critic, old weights and two replicas', { algorithm: 'ppo', batch: { ...small, staleness: 2, replicas: 2 } }],
  ])('times every dispatch and leaves the run as it was: %s', async (_name, change) => {
    const [plain, timed] = [await openTrainer(change), await openTrainer(change)];
    for (const { trainer } of [plain, timed]) for (let k = 0; k < 2; k++) await trainer.step();
    const times = await timed.trainer.timeDispatches(yes);
    expect(times?.microseconds).toHaveLength(timed.info.num_launches);
    expect(times?.microseconds.every((us) => us >= 0)).toBe(true);
    expect(times?.microseconds.some((us) => us > 0)).toBe(true);
    expect(times?.repeats).toHaveLength(timed.info.num_launches);
    expect([1, 3, 4, 5], 'one on a machine that stalls').toContain(times?.rounds);
    // the newest rollout, too, is what the page still shows
    expect(await timed.trainer.sample(0, 0, undefined, true)).toEqual(
      await plain.trainer.sample(0, 0, undefined, true),
    );
    expect(await timed.trainer.histogram('coef', 0)).toEqual(await plain.trainer.histogram('coef', 0));
    for (const { trainer } of [plain, timed]) for (let k = 0; k < 3; k++) await trainer.step();
    expect(timed.steps).toEqual([0, 1, 2, 3, 4]);
    expect(timed.rows).toEqual(plain.rows);
    expect(new Uint8Array(await timed.trainer.checkpoint())).toEqual(new Uint8Array(await plain.trainer.checkpoint()));
  });

  test('stops where the listener has had enough, behind the last dispatch of a step, and leaves the run as it was', async () => {
    const run = await Run.open(cpu(), defaultRun({ batch: small }));
    await run.advance(1);
    const before = await run.state();
    const { num_launches } = run.info();
    const shares: number[] = [];
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 100)); // so that it is told of every dispatch
    const times = await timeDispatches(run, (share) => shares.push(share) < num_launches);
    clock.mockRestore();
    expect(times).toBeUndefined();
    expect(shares).toHaveLength(num_launches);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.every((share) => share > 0 && share < 1)).toBe(true);
    expect(await run.state()).toEqual(before);
  });

  test('times a run that is going between two of its steps, and the run goes on', async () => {
    const { trainer, steps, rows, phases } = await openTrainer({ batch: small });
    await trainer.start();
    await expect.poll(() => steps.length, { timeout: 15_000 }).toBeGreaterThan(2);
    const told = phases.length;
    let seen = 0;
    const times = await trainer.timeDispatches(async () => {
      await new Promise((done) => setImmediate(done)); // a loop that still went would take a step now
      seen = steps.length;
      return true;
    });
    expect([1, 3, 4, 5], 'one on a machine that stalls').toContain(times?.rounds);
    await expect.poll(() => steps.length, { timeout: 15_000 }).toBeGreaterThan(seen);
    await trainer.pause();
    expect(phases.slice(told, -1).every((phase) => phase === 'running')).toBe(true);
    const plain = await openTrainer({ batch: small });
    for (const _ of steps) await plain.trainer.step();
    expect(steps).toEqual(plain.steps);
    expect(rows).toEqual(plain.rows);
  });

  test('says that a device without timestamps has no times', async () => {
    const executor = cpu();
    const run = await Run.open(
      Object.assign(executor, { profile: async () => undefined }),
      defaultRun({ batch: small }),
    );
    await run.advance(1);
    const before = await run.state();
    expect(await timeDispatches(run, yes)).toEqual({ microseconds: [], repeats: [], rounds: 0 });
    expect(await run.state()).toEqual(before);
  });
});

test('the page keeps times as long as they are of the program that it shows', async () => {
  const lab = await realLab('batch.prompts=2&batch.group_size=2&batch.minibatches=1&batch.eval_every=0');
  const { run, session } = lab;
  const time = () => session.timeDispatches(() => {}, new AbortController().signal);
  await takeSteps(lab, 1);
  await time();
  const { times, info } = run.getState();
  expect(times?.microseconds).toHaveLength(info?.num_launches ?? 0);
  await session.setHyper('learning_rate', 0.05); // the same program
  expect(run.getState().times).toBe(times);
  expect(run.getState().info?.program).toBe(info?.program); // so that the table need not be drawn again
  for (const change of [
    () => session.swapPart('advantage', 'leave_one_out'),
    () => session.setHyper('kl_coef', 0.05), // the start policy's pass comes into the program
    () => session.open({ seed: 2 }),
    () => session.open({ batch: { ...run.getState().info?.config.batch, group_size: 4 } }),
  ]) {
    await time();
    expect(run.getState().times).toBeDefined();
    await change();
    expect(run.getState().problem).toBe('');
    expect(run.getState().times).toBeUndefined();
  }
  const stop = new AbortController();
  stop.abort();
  await session.timeDispatches(() => {}, stop.signal);
  expect(run.getState().times).toBeUndefined();
});

describe('the table', () => {
  const open = async () => {
    const run = await Run.open(cpu(), defaultRun());
    return { run, lines: dispatchLines(run.program, shaderLibrary) };
  };

  test('has a line for every dispatch as it runs, with real sizes', async () => {
    const { run, lines } = await open();
    expect(lines.map(({ index }) => index)).toEqual([...Array(run.info().num_launches).keys()]);
    expect(lines[2]).toEqual({
      index: 2,
      kernel: 'sample_symbol',
      parts: 'fixed_length',
      launch: 'replica 1 × sequence 64',
      invocations: 64,
      at: 't 0, purpose 2',
      reads: 'hypers 1×17, clock 1×2, rollout_logits 1×200×8, tokens 1×64×6, token_mask 1×64×1, length 1×64',
      writes: 'tokens 1×64×6, token_mask 1×64×1, length 1×64, recorded 1×64×4×4, values 1×64×4',
      note: 'draw a symbol',
    });
    // blocks of four, and repeats unrolled
    expect(lines[3]).toMatchObject({
      launch: 'replica 1 × rollout_sequence 64 × logit_column ⌈8/4⌉',
      invocations: 128,
      at: 'first 8, row_step 3',
    });
    expect(lines[5].at).toBe('first 9, row_step 3');
  });

  test('says what its times come to, what they are of and which is the slowest', async () => {
    const { lines } = await open();
    const four = lines.slice(1, 5); // tabular_logits and sample_symbol, twice
    const times = { microseconds: [30, 900, 10, 60], repeats: [40, 2, 100, 20], rounds: 3 };
    const placed = four.map((line, index) => ({ ...line, index }));
    expect(timesSentence(times, placed)).toBe(
      '4 dispatches take 1.00 ms in all. Most goes to sample_symbol 96 % (2 dispatches), tabular_logits 4.0 % (2 dispatches).',
    );
    expect(timeCells(times)[1]).toEqual({ us: '900.0', share: '90.0 %', bar: 1 });
    expect(timeCells(times)[3]).toEqual({ us: '60.0', share: '6.0 %', bar: 60 / 900 });
    const engine = { kind: 'webgpu' as const, adapter: 'some GPU', is_software: false };
    expect(timesSource(times, engine)).toMatch(
      /^Medians of 3 rounds, each dispatch 2 to 100 times .* some GPU\..* exceeds/,
    );
    const single = { ...times, repeats: [1, 1, 1, 1], rounds: 1 };
    expect(timesSource(single, { ...engine, kind: 'cpu' })).toMatch(
      /^One round, each dispatch once, on the some GPU\./,
    );
    const [head, first] = dispatchTable(placed, times).split('\n');
    expect(first.split('\t')).toHaveLength(head.split('\t').length);
    expect(first.split('\t').slice(0, 3)).toEqual(['0', 'tabular_logits', '30']);
  });
});
