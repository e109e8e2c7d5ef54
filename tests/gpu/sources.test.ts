/** Sources that leave groups or responses out, and parts that single out tokens, inside whole runs. */
import { afterAll, expect, test } from 'vitest';
import { fillTable } from '../../src/engine/table.ts';
import { taskOf } from '../../src/tasks/index.ts';
import { mean, openGpu, Training } from './runs.ts';

const { make, errors } = await openGpu();
afterAll(() => expect(errors).toEqual([]));

const small = { prompts: 4, group_size: 4, minibatches: 4, oversample: 2, eval_every: 0 };

test('a step without a kept group changes nothing, is counted, and reports zeros', async () => {
  const training = await Training.open(make, {
    algorithm: 'simplevla_rl',
    hyper: { accuracy_low: 1, accuracy_high: 0 },
    batch: small,
  });
  const { executor } = training.run;
  const before = await executor.read(['params', 'moment1']);
  await training.advance(3);
  expect(await executor.read(['params', 'moment1'])).toEqual(before);
  expect(training.curve('skipped_updates').at(-1)).toEqual([2, 12]);
  expect(training.curve('kept_groups').map(([, share]) => share)).toEqual([0, 0, 0]);
  for (const metric of ['entropy', 'loss', 'grad_norm', 'approx_kl', 'covariance', 'clip_frac']) {
    expect(training.curve(metric)).toEqual([0, 1, 2].map((step) => [step, 0]));
  }
  expect(mean(training.curve('reward_mean').map(([, r]) => r))).toBeGreaterThan(0);
  training.close();
});

test('dynamic sampling trains on mixed groups alone, in the order of drawing', async () => {
  const training = await Training.open(make, { algorithm: 'dapo', batch: { ...small, replicas: 2 } });
  await training.advance(5);
  const { executor } = training.run;
  const found = await executor.read(['true_rewards', 'kept_group', 'token_mask', 'group_verdict']);
  const shares = training.at('kept_groups', 4);
  for (let r = 0; r < 2; r++) {
    const mixed = Array.from({ length: 8 }, (_, g) => {
      const rewards = found.true_rewards.subarray((r * 8 + g) * 4, (r * 8 + g + 1) * 4);
      return rewards.some((x) => x === 1) && rewards.some((x) => x === 0);
    });
    const kept = mixed.flatMap((is_mixed, g) => (is_mixed ? [g] : []));
    expect(Array.from(found.kept_group.subarray(r * 4, r * 4 + 4)).slice(0, kept.length)).toEqual(kept.slice(0, 4));
    expect(shares[r]).toBeCloseTo(kept.length / 8, 6);
    for (let g = 0; g < 8; g++) {
      const is_trained = kept.slice(0, 4).includes(g);
      for (const word of found.token_mask.subarray((r * 8 + g) * 4, (r * 8 + g + 1) * 4)) {
        expect(word !== 0).toBe(is_trained);
      }
      expect(found.group_verdict[(r * 8 + g) * 2 + 1]).toBe(mixed[g] ? 1 : 0);
    }
  }
  training.close();
});

test('rejection sampling leaves right and different responses', async () => {
  const training = await Training.open(make, {
    algorithm: 'expert_iteration',
    task_settings: { num_prompts: 2, length: 2, modulus: 3 },
    batch: { prompts: 8, group_size: 8, eval_every: 0 },
  });
  await training.advance(3);
  const { executor } = training.run;
  const { rewards, token_mask, tokens } = await executor.read(['rewards', 'token_mask', 'tokens']);
  const context = tokens.length / rewards.length;
  let dropped = 0;
  for (let g = 0; g < 8; g++) {
    const seen = new Set<string>();
    for (let s = g * 8; s < g * 8 + 8; s++) {
      const text = tokens.subarray((s + 1) * context - 2, (s + 1) * context).join(' ');
      expect(token_mask[s] !== 0).toBe(rewards[s] === 1 && !seen.has(text));
      if (rewards[s] === 1 && seen.has(text)) dropped++;
      if (rewards[s] === 1) seen.add(text);
    }
  }
  expect(dropped).toBeGreaterThan(0);
  training.close();
});

test('the covariance methods hold entropy above GRPO’s at the same step', async () => {
  const entropyOf = async (algorithm: string): Promise<number> => {
    const training = await Training.open(make, { algorithm, batch: { replicas: 4, eval_every: 0 } });
    await training.advance(21);
    const entropy = mean(training.at('entropy', 20));
    if (algorithm !== 'grpo') expect(Math.max(...training.at('picked_frac', 20))).toBeGreaterThan(0);
    training.close();
    return entropy;
  };
  const [grpo, clip_cov, kl_cov] = [await entropyOf('grpo'), await entropyOf('clip_cov'), await entropyOf('kl_cov')];
  console.log(
    `entropy at step 20: GRPO ${grpo.toFixed(3)}, Clip-Cov ${clip_cov.toFixed(3)}, KL-Cov ${kl_cov.toFixed(3)}`,
  );
  expect(clip_cov).toBeGreaterThan(grpo + 0.1);
  expect(kl_cov).toBeGreaterThan(grpo + 0.05);
});

test('which tokens Clip-Cov picks depends on the minibatch, and is the same in every run', async () => {
  const picks = async () => {
    const training = await Training.open(make, { algorithm: 'clip_cov', hyper: { covariance_low: 0.01 } });
    await training.advance(2);
    const out = await training.run.executor.read(['keys']);
    training.close();
    return Array.from(out.keys);
  };
  const [first, second] = [await picks(), await picks()];
  expect(second).toEqual(first);
  const candidates = first.filter((key) => key > 0);
  expect(candidates.length).toBeGreaterThan(1);
  expect(new Set(candidates).size).toBe(candidates.length);
});

test.each(['prompt_subset', 'demonstration_subset'])('%s asks the first prompts alone', async (source) => {
  const task = taskOf('card_rules');
  const { prompts, demonstrate } = task.build(fillTable('setting', task.settings));
  const is_shown = source === 'demonstration_subset';
  const training = await Training.open(make, {
    ...(is_shown ? { algorithm: 'sft' } : {}),
    task: 'card_rules',
    parts: { source },
    hyper: { subset_size: 3 },
    batch: { ...small, prompts: 16 },
  });
  await training.advance(2);
  const { executor, program } = training.run;
  const found = await executor.read(['prompt_index', 'tokens']);
  expect(new Set(found.prompt_index)).toEqual(new Set([0, 1, 2]));
  const { context } = program.dims;
  let num_shown = 0;
  for (const [b, index] of found.prompt_index.entries()) {
    const row = Array.from(found.tokens.subarray(b * 4 * context, (b * 4 + 1) * context));
    const prompt = prompts[index];
    expect(row.slice(0, prompt.length)).toEqual(prompt);
    if (row.slice(prompt.length).join() === demonstrate(prompt, () => 0).join()) num_shown++;
  }
  if (is_shown) expect(num_shown).toBe(16);
  else expect(num_shown).toBeLessThan(16);
  training.close();
});
