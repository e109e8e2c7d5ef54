import { describe, expect, test } from 'vitest';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import type { Numbers } from '../../src/engine/twin.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

const MEMBERS = 8;
const GROUPS = 32;

/** Buffers after the first step, from the twins in double precision. */
async function firstStep(change: Partial<RunConfig>, ...names: string[]): Promise<Record<string, Numbers>> {
  const executor = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
  const run = await Run.open(executor, {
    ...{ task: 'sum_to_target', policy: 'tabular', algorithm: 'grpo', parts: {}, hyper: {}, seed: 3 },
    ...{ task_settings: {}, policy_settings: {} },
    ...change,
    batch: { prompts: GROUPS, group_size: MEMBERS, oversample: 1, minibatches: 1, eval_every: 0, ...change.batch },
  });
  await run.advance(1);
  return executor.read(names);
}

const groupsOf = (numbers: Numbers): number[][] =>
  Array.from({ length: numbers.length / MEMBERS }, (_, g) => [...numbers.subarray(g * MEMBERS, (g + 1) * MEMBERS)]);
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

describe('NFT weighs by the success rate, whatever the rewards are', () => {
  test.each<[string, number, Partial<RunConfig>]>([
    ['a graded task', 1 - 0.5 / 3, { task: 'sort', task_settings: { num_items: 3, vocab: 3 } }],
    ['rewards of +1 and −1', 1, { parts: { reward: 'signed' } }],
    ['a charge on long answers', 1, { parts: { reward: 'overlong' } }],
  ])('%s', async (_name, solved, change) => {
    const config = { algorithm: 'nft', ...change, parts: { source: 'on_policy', ...change.parts } };
    const own = change.parts?.reward !== undefined;
    const rewards = own ? 'true_rewards' : 'rewards';
    const found = await firstStep(config, rewards, 'advantage');
    let mixed = 0;
    const advantages = groupsOf(found.advantage);
    groupsOf(found[rewards]).forEach((group, g) => {
      const right = group.map((reward) => (reward >= solved ? 1 : 0));
      const rate = sum(right) / MEMBERS;
      const is_mixed = rate > 0 && rate < 1;
      if (is_mixed) mixed++;
      right.forEach((r, m) => {
        expect(advantages[g][m]).toBeCloseTo(is_mixed ? r - rate : 0, 12);
      });
      expect(sum(advantages[g])).toBeCloseTo(0, 12);
    });
    expect(mixed).toBeGreaterThan(3);
  });

  test('a verifier that is put right still says right and wrong', async () => {
    const parts = { source: 'on_policy', reward: 'noisy_verifier' };
    const hyper = { false_negative: 0.2, false_positive: 0.1, debias: 1 };
    const { advantage, rewards } = await firstStep({ algorithm: 'nft', parts, hyper }, 'advantage', 'rewards');
    expect(new Set(rewards).size).toBe(2);
    const best = Math.max(...rewards);
    const advantages = groupsOf(advantage);
    groupsOf(rewards).forEach((group, g) => {
      const rate = group.filter((reward) => reward === best).length / MEMBERS;
      group.forEach((reward, m) => {
        const wanted = rate === 1 ? 0 : (reward === best ? 1 : 0) - rate;
        expect(advantages[g][m]).toBeCloseTo(wanted, 12);
      });
    });
    expect(Math.max(...advantage)).toBeGreaterThan(0.5);
  });
});
