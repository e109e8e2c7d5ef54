import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { GpuExecutor } from '../../src/engine/gpu.ts';
import { openCheckpoint, takeCheckpoint } from '../../src/trainer/checkpoint.ts';
import { decodeCheckpoint } from '../../src/trainer/checkpointFile.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import type { Row } from '../../src/trainer/run.ts';
import { timeDispatches } from '../../src/trainer/timing.ts';
import { openGpu, Training } from './runs.ts';

let make: () => GpuExecutor;
let errors: string[];
const open: Training[] = [];

beforeAll(async () => {
  const gpu = await openGpu();
  ({ make, errors } = gpu);
  console.log(`determinism on ${gpu.adapter}`);
});
afterAll(() => {
  for (const training of open) training.close();
  expect(errors).toEqual([]);
});

async function start(config: Partial<RunConfig>): Promise<Training> {
  const training = await Training.open(make, config);
  open.push(training);
  return training;
}

/** The bits of rows, so that NaN equals NaN and −0 differs from 0; for one replica out of `replicas`. */
const bitsOf = (rows: readonly Row[], replica = 0, replicas = 1): { step: number; bits: string }[] =>
  rows.map(({ step, values }) => {
    const width = values.length / replicas;
    const own = values.slice(replica * width, (replica + 1) * width);
    return { step, bits: [...new Uint32Array(own.buffer)].map((word) => word.toString(16)).join(' ') };
  });

/** Small runs that between them use every kind of update: groups, a critic, sequence ratios, an anchor, demonstrations. */
const CASES: [string, Partial<RunConfig>][] = [
  ['grpo, tabular', { batch: { eval_every: 3 } }],
  ['ppo with a critic and two epochs, tabular', { algorithm: 'ppo', batch: { epochs: 2, eval_every: 3 } }],
  [
    'grpo with a KL anchor after a warm-up, transformer',
    {
      task: 'arithmetic',
      policy: 'transformer',
      task_settings: { digits: 1 },
      policy_settings: { layers: 1, width: 16, heads: 2 },
      batch: { prompts: 4, group_size: 4, minibatches: 2, warm_up_steps: 3, eval_every: 3 },
      hyper: { kl_coef: 0.05 },
    },
  ],
  [
    'rloo with a ratio per response, multi-turn task',
    {
      algorithm: 'rloo',
      task: 'guess_number',
      parts: { stabiliser: 'sequence_clip' },
      batch: { prompts: 4, group_size: 4, minibatches: 2 },
    },
  ],
  ['sft', { algorithm: 'sft', batch: { prompts: 4, group_size: 2, eval_every: 3 } }],
  ['rollouts by weights of three steps ago', { algorithm: 'tis', batch: { staleness: 3, eval_every: 3 } }],
  ['groups that are chosen, with samples for pass@k', { algorithm: 'dapo', batch: { eval_every: 3, eval_samples: 4 } }],
  ['log Z beside the vocabulary', { algorithm: 'flowrl', batch: { eval_every: 3 } }],
  ['demonstrations where the policy fails', { algorithm: 'hpt', task: 'one_answer', batch: { eval_every: 3 } }],
];

describe.each(CASES)('%s', (_name, config) => {
  test('the same settings give the same bits, paused or not', async () => {
    const straight = bitsOf((await (await start(config)).advance(10)).rows);
    const paused = await start(config);
    await paused.advance(5);
    await paused.advance(5);
    expect(straight.map((row) => row.step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(bitsOf(paused.rows)).toEqual(straight);
  });

  test('a replica has the same bits alone and beside others, which differ from it', async () => {
    const alone = await (await start(config)).advance(6);
    const three = await (await start({ ...config, batch: { ...config.batch, replicas: 3 } })).advance(6);
    expect(bitsOf(three.rows, 0, 3)).toEqual(bitsOf(alone.rows));
    expect(bitsOf(three.rows, 1, 3)).not.toEqual(bitsOf(alone.rows));
    expect(bitsOf(three.rows, 2, 3)).not.toEqual(bitsOf(three.rows, 1, 3));
  });

  test('a run goes on from its checkpoint with the same bits', async () => {
    const straight = await (await start(config)).advance(10);
    const saved = await start(config);
    await saved.advance(4);
    const file = await takeCheckpoint(saved.run);
    const executor = make();
    const restored = await openCheckpoint(executor, decodeCheckpoint(file));
    const rows = await restored.advance(6);
    expect(bitsOf(rows)).toEqual(bitsOf(straight.rows).slice(4));
    executor.destroy();
  });
});

test('another seed gives other numbers', async () => {
  const one = await (await start({ seed: 1 })).advance(2);
  const two = await (await start({ seed: 2 })).advance(2);
  expect(bitsOf(two.rows)).not.toEqual(bitsOf(one.rows));
});

test('setting a hyperparameter to the value it has changes nothing; to another, the next step', async () => {
  const plain = bitsOf((await (await start({})).advance(8)).rows);
  const same = await start({});
  await same.advance(4);
  await same.run.setHyper('learning_rate', same.run.hyperOf(0).learning_rate);
  await same.advance(4);
  expect(bitsOf(same.rows)).toEqual(plain);

  const other = await start({});
  await other.advance(4);
  await other.run.setHyper('learning_rate', 0.01);
  await other.advance(4);
  const bits = bitsOf(other.rows);
  expect(bits.slice(0, 4)).toEqual(plain.slice(0, 4));
  expect(bits[5]).not.toEqual(plain[5]);
  expect(other.run.edits).toEqual([
    { step: 4, text: 'learning rate 0.15 → 0.01', change: { name: 'learning_rate', value: 0.01 } },
  ]);
});

test('timing the dispatches changes nothing, neither to the end nor cancelled on the way', async () => {
  const config = { batch: { prompts: 4, group_size: 4, minibatches: 1, eval_every: 0 } };
  const [step, profiled] = [await (await start(config)).advance(1), await (await start(config)).advance(1)];
  step.run.executor.run(step.run.loaded);
  await profiled.run.executor.profile(profiled.run.loaded, () => 3);
  const names = Object.keys(step.run.program.buffers);
  expect(await profiled.run.executor.read(names)).toEqual(await step.run.executor.read(names));

  const plain = bitsOf((await (await start(config)).advance(6)).rows);
  const timed = await start(config);
  await timed.advance(2);
  const times = await timeDispatches(timed.run, () => true);
  expect(times?.microseconds).toHaveLength(timed.run.info().num_launches);
  expect(times?.microseconds.every((us) => us >= 0)).toBe(true);
  await timed.advance(2);
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 100)); // so that it is told of every dispatch
  let left = timed.run.info().num_launches;
  expect(await timeDispatches(timed.run, () => --left > 0)).toBeUndefined();
  clock.mockRestore();
  await timed.advance(2);
  expect(bitsOf(timed.rows)).toEqual(plain);
});

test('exchanging the algorithm for itself changes nothing', async () => {
  const plain = bitsOf((await (await start({})).advance(8)).rows);
  const swapped = await start({});
  await swapped.advance(4);
  const before = await swapped.run.executor.read(['params', 'moment1', 'moment2', 'clock']);
  await swapped.run.swap({ algorithm: 'grpo' });
  expect(await swapped.run.executor.read(['params', 'moment1', 'moment2', 'clock'])).toEqual(before);
  await swapped.advance(4);
  expect(bitsOf(swapped.rows)).toEqual(plain);
});

test('exchanging to another algorithm and back keeps the weights', async () => {
  const training = await start({});
  await training.advance(4);
  const before = await training.run.executor.read(['params', 'moment1', 'moment2', 'optimiser']);
  await training.run.swap({ algorithm: 'ppo' }); // has a value column more
  await training.run.swap({ algorithm: 'grpo' });
  expect(await training.run.executor.read(['params', 'moment1', 'moment2', 'optimiser'])).toEqual(before);
});
