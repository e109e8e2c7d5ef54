import { expect, test } from 'vitest';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

/** Coefficients and gradient of the only update of the first step. */
async function firstUpdate(change: Partial<RunConfig>) {
  const executor = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
  const run = await Run.open(
    executor,
    defaultRun({
      algorithm: 'nft',
      batch: { prompts: 16, group_size: 8, minibatches: 1, eval_every: 0 },
      seed: 2,
      ...change,
      parts: { source: 'on_policy', weighting: 'constant', ...change.parts },
    }),
  );
  await run.advance(1);
  const { token_stat, gradient, rewards } = await executor.read(['token_stat', 'gradient', 'rewards']);
  return { coef: Array.from(token_stat).filter((_, i) => i % 8 === 0), gradient: Array.from(gradient), rewards };
}

const largest = (a: number[], b: number[]): number => Math.max(...a.map((x, i) => Math.abs(x - b[i])));

test.each([
  ['Dr. GRPO', 1, { algorithm: 'dr_grpo', hyper: {} }],
  ['GRPO with the population’s spread', 2, { algorithm: 'grpo', hyper: { std_is_population: 1, advantage_eps: 1e-9 } }],
])('on-policy NFT is %s', async (_name, nft_normalise, other) => {
  const mine = await firstUpdate({ hyper: { nft_normalise } });
  const wanted = await firstUpdate(other);
  expect(Array.from(mine.rewards)).toEqual(Array.from(wanted.rewards));
  expect(new Set(mine.rewards).size).toBe(2);
  expect(Math.max(...mine.coef.map(Math.abs))).toBeGreaterThan(1e-4);
  expect(largest(mine.coef, wanted.coef)).toBeLessThan(1e-9);
  expect(largest(mine.gradient, wanted.gradient)).toBeLessThan(1e-9);
});

test('without a weight for wrong responses only right ones count', async () => {
  const { coef } = await firstUpdate({ hyper: { nft_negative_weight: 0 } });
  expect(Math.min(...coef)).toBeCloseTo(0, 15);
  expect(Math.max(...coef)).toBeGreaterThan(0);
});
