import { describe, expect, test } from 'vitest';
import { complainParts, partsIn } from '../../src/algorithms/algorithm.ts';
import { algorithms, partsOf } from '../../src/algorithms/index.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

describe('a demonstration that the gate puts in', () => {
  const withAdvantage = (source: string) =>
    partsOf('advantage').filter((advantage) => {
      const parts = { ...partsIn(algorithms[source]), advantage };
      return complainParts(parts).length === 0;
    });

  test('meets no advantage that would read the reward of the response it replaced', () => {
    expect(withAdvantage('hpt').map((p) => p.id)).toEqual(['centred_or_demonstrated', 'constant_one']);
    const { source } = algorithms.hpt;
    for (const id of ['grpo', 'reinforce', 'rloo', 'ppo'])
      expect(complainParts({ ...partsIn(algorithms[id]), source })).toEqual([
        expect.stringContaining(`the advantage “${algorithms[id].advantage.title}” would read`),
      ]);
  });

  test('one that is there before the verifier looks may meet any that needs no values', () => {
    const names = withAdvantage('luffy').map((p) => p.id);
    expect(names).toContain('return_minus_baseline');
    expect(names).not.toContain('gae');
  });
});

describe('the KL charge inside the reward', () => {
  test.each<[string, RunConfig['parts'], number]>([
    ['luffy', { advantage: 'return_minus_baseline' }, 0],
    ['luffy', { advantage: 'return_minus_baseline' }, 1],
    ['reinforce_plus_plus', { source: 'mixed_demonstrations' }, 0],
    ['reinforce_plus_plus', { source: 'demonstrations' }, 0],
  ])('%s with %o and staleness %i: samples pay it, demonstrations do not', async (algorithm, parts, staleness) => {
    const executor = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
    const run = await Run.open(executor, {
      ...{
        task: 'sum_to_target',
        policy: 'tabular',
        algorithm,
        parts,
        seed: 4,
        task_settings: {},
        policy_settings: {},
      },
      batch: { prompts: 4, group_size: 4, minibatches: 1, eval_every: 0, staleness },
      hyper: { kl_reward_coef: 0.125 },
    });
    // in the second step the policy is no longer the one of the start
    await run.advance(2);
    const { token_rewards, rewards, recorded } = await executor.read(['token_rewards', 'rewards', 'recorded']);
    const { position, position_stride } = run.program.dims;
    let demonstrations = 0;
    let charged = 0;
    rewards.forEach((reward, s) => {
      const of = (t: number, k: number) => recorded[(s * position_stride + t) * 4 + k];
      const is_demonstration = of(0, 3) === 1;
      if (is_demonstration) demonstrations++;
      for (let t = 0; t < position; t++) {
        const charge = is_demonstration ? 0 : 0.125 * (of(t, 1) - of(t, 2));
        charged += Math.abs(charge);
        const earned = t === position - 1 ? reward : 0;
        expect(token_rewards[s * position_stride + t]).toBeCloseTo(earned - charge, 12);
      }
    });
    expect(demonstrations).toBe(parts.source === 'demonstrations' ? 16 : 4);
    expect(charged > 0).toBe(parts.source !== 'demonstrations');
  });
});
