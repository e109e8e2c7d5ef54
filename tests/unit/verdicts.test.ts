import { describe, expect, test } from 'vitest';
import { complainParts, partsIn } from '../../src/algorithms/algorithm.ts';
import { algorithms, partOf, partsOf } from '../../src/algorithms/index.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import type { Numbers, SlotTwin } from '../../src/engine/twin.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

const MEMBERS = 8;
const GROUPS = 32;

/** Buffers after the first step, from the twins in double precision. */
async function firstStep(change: Partial<RunConfig>, ...names: string[]): Promise<Record<string, Numbers>> {
  return firstStepOf(slotTwins(), change, ...names);
}

async function firstStepOf(
  slots: Record<string, Record<string, SlotTwin>>,
  change: Partial<RunConfig>,
  ...names: string[]
) {
  const executor = new CpuExecutor(shaderLibrary, { precision: 'f64', slots });
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

/** A group's responses that are right by some buffer, as a share. */
const shares = (numbers: Numbers, least: number) =>
  groupsOf(numbers).map((group) => group.filter((x) => x >= least).length / MEMBERS);

describe('what chooses among responses believes the verifier that the run has', () => {
  const wrong = { false_negative: 1, false_positive: 1 };
  const backwards = { parts: { reward: 'noisy_verifier' }, hyper: wrong };

  test('rejection sampling keeps what a backwards verifier calls right', async () => {
    const found = await firstStep({ algorithm: 'expert_iteration', ...backwards }, 'true_rewards', 'token_mask');
    const kept = Array.from(found.true_rewards).filter((_, s) => found.token_mask[s] !== 0);
    expect(kept.length).toBeGreaterThan(MEMBERS);
    expect(Math.max(...kept)).toBe(0);
  });

  test.each<[string, Partial<RunConfig>, (found: Record<string, Numbers>) => number[]]>([
    ['a mistaken verifier', { ...backwards, hyper: { false_negative: 0.5 } }, ({ rewards }) => shares(rewards, 1)],
    ['a vote', { parts: { reward: 'majority_vote' } }, ({ rewards }) => shares(rewards, 1)],
    ['a vote of all replicas', { parts: { reward: 'collective_vote' } }, ({ rewards }) => shares(rewards, 1)],
    ['a charge on long answers', { parts: { reward: 'overlong' } }, ({ true_rewards }) => shares(true_rewards, 1)],
    ['rewards of +1 and −1', { parts: { reward: 'signed' } }, ({ true_rewards }) => shares(true_rewards, 1)],
  ])('dynamic sampling and the gate on %s', async (_name, change, accuracyOf) => {
    const source = async (id: string, advantage: string) => {
      const parts = { source: id, advantage, ...change.parts };
      const names = id === 'dynamic_sampling' ? ['group_verdict'] : ['recorded'];
      return firstStep({ algorithm: 'hpt', ...change, parts }, 'rewards', 'true_rewards', ...names);
    };
    const sampled = await source('dynamic_sampling', 'group_centred');
    const accuracy = accuracyOf(sampled);
    expect(Array.from(sampled.group_verdict)).toEqual(
      accuracy.flatMap((share) => [share, share > 0 && share < 1 ? 1 : 0]),
    );
    const gated = await source('gated_demonstrations', 'centred_or_demonstrated');
    const stride = gated.recorded.length / (GROUPS * MEMBERS);
    const authors = Array.from({ length: GROUPS }, (_, g) => gated.recorded[g * MEMBERS * stride + 3]);
    expect(authors).toEqual(accuracyOf(gated).map((share) => (share === 0 ? 1 : 0)));
    expect(new Set(accuracy).size).toBeGreaterThan(1);
  });

  test('a verdict of 1 is right, whatever the task’s rewards are', async () => {
    const task_settings = { num_hands: 32, max_length: 12 };
    const change = {
      task: 'general_points',
      task_settings,
      parts: { reward: 'noisy_verifier', source: 'dynamic_sampling' },
    };
    const found = await firstStep({ ...change, hyper: { false_positive: 0.5 } }, 'rewards', 'group_verdict');
    const accuracy = Array.from(found.group_verdict).filter((_, i) => i % 2 === 0);
    expect(accuracy).toEqual(shares(found.rewards, 1));
    expect(Math.max(...accuracy)).toBeGreaterThan(0);
  });
});

describe('the greedy response is judged as the samples are', () => {
  test.each(['signed', 'overlong'])('%s: equally right, no advantage', async (reward) => {
    const names = ['true_rewards', 'greedy_true_rewards', 'advantage'];
    const found = await firstStep({ algorithm: 'remax', parts: { reward } }, ...names);
    const wanted = Array.from(found.true_rewards).map((r, s) => 2 * (r - found.greedy_true_rewards[Math.floor(s / 8)]));
    expect(Array.from(found.advantage)).toEqual(wanted);
    expect(new Set(wanted).size).toBeGreaterThan(1);
  });

  test('by the same mistaken verifier, with a mistake of its own', async () => {
    const change = { algorithm: 'remax', parts: { reward: 'noisy_verifier' }, batch: { prompts: 64, group_size: 1 } };
    const names = ['greedy_rewards', 'greedy_true_rewards', 'rewards', 'true_rewards'];
    const backwards = await firstStep({ ...change, hyper: { false_negative: 1, false_positive: 1 } }, ...names);
    expect(Array.from(backwards.greedy_rewards)).toEqual(Array.from(backwards.greedy_true_rewards).map((r) => 1 - r));
    const half = await firstStep({ ...change, hyper: { false_negative: 0.5, false_positive: 0.5 } }, ...names);
    const mistaken = (a: Numbers, b: Numbers) => Array.from(a).map((x, i) => x !== b[i]);
    expect(mistaken(half.greedy_rewards, half.greedy_true_rewards)).not.toEqual(
      mistaken(half.rewards, half.true_rewards),
    );
  });

  test.each(['majority_vote', 'collective_vote'])('%s needs a group, and is refused', (reward) => {
    const parts = { ...partsIn(algorithms.remax), reward: partOf('reward', reward) };
    expect(complainParts(parts)).toEqual([expect.stringContaining(`the reward “${parts.reward.title}” needs a group`)]);
  });
});

describe('no label leaks: with a vote for a reward, the update does not depend on what the verifier would have said', () => {
  const learned = async (config: Partial<RunConfig>, judge: (reward: number) => number) => {
    const slots = slotTwins();
    const { sum_to_target } = slots.reward;
    slots.reward = { ...slots.reward, sum_to_target: (...given) => judge(sum_to_target(...given)) };
    const batch = { prompts: 8, oversample: 2, minibatches: 2, replicas: 2 };
    const found = await firstStepOf(slots, { ...config, batch }, 'params', 'true_rewards');
    return { params: Array.from(found.params), labels: Array.from(found.true_rewards) };
  };
  const votes = partsOf('reward').filter((p) => p.is_relative);
  const cases = Object.values(algorithms).flatMap((a) =>
    votes
      .filter((reward) => complainParts({ ...partsIn(a), reward }).length === 0)
      .map((reward) => [a.id, reward.id] as const),
  );
  test.each(cases)('%s on %s', async (algorithm, reward) => {
    // a source that is at home on one task alone changes nothing about rewards
    const source = algorithms[algorithm].source.refuses_task ? 'on_policy' : algorithms[algorithm].source.id;
    const config = { algorithm, parts: { reward, source } };
    const truth = await learned(config, (r) => r);
    const lie = await learned(config, (r) => 1 - r);
    expect(lie.labels).not.toEqual(truth.labels);
    expect(lie.params).toEqual(truth.params);
  });
});
