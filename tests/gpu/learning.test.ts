import { afterAll, expect, test } from 'vitest';
import { algorithms } from '../../src/algorithms/index.ts';
import { ends, mean, openGpu, Training } from './runs.ts';

const { make, adapter, errors } = await openGpu();
console.log(`learning on ${adapter}`);
afterAll(() => expect(errors).toEqual([]));

test('GRPO solves sum_to_target within 60 steps in at least 7 of 8 seeds, and entropy falls with it', async () => {
  const training = await Training.open(make, {
    hyper: { learning_rate: 0.15 },
    batch: { prompts: 8, group_size: 8, minibatches: 8, epochs: 1, replicas: 8, eval_every: 10 },
  });
  await training.advance(61);
  const best = Array.from({ length: 8 }, (_, r) => Math.max(...training.curve('accuracy', r).map(([, a]) => a)));
  console.log('accuracy by step 60:', best.map((a) => a.toFixed(2)).join(' '));
  expect(best.filter((a) => a > 0.9).length).toBeGreaterThanOrEqual(7);
  // another program for the same task, in double precision and with its own random numbers, has 1.73 at the start, 0.17 at step 30
  const entropy = [0, 30, 60].map((step) => mean(training.at('entropy', step)));
  console.log('entropy at 0, 30, 60:', entropy.map((h) => h.toFixed(3)).join(' '));
  expect(entropy[0]).toBeGreaterThan(1.6);
  expect(entropy[0]).toBeLessThan(1.85);
  expect(entropy[1]).toBeGreaterThan(0.05); // a collapse before the task is solved would be another bug
  expect(entropy[1]).toBeLessThan(0.4);
  for (const h of training.at('entropy', 30)) expect(h).toBeLessThan(0.5);
  expect(entropy[2]).toBeLessThan(0.15);
  training.close();
}, 120_000);

test('from a short supervised start, GRPO lifts one-digit arithmetic above 0.95', async () => {
  // all hundred prompts are trained on, and 64 of them are asked: nothing is held out of so small a table. The entropy
  // bonus and the larger groups keep sums alive whose answer has become rare; without them some
  // seeds stick near 0.8, and from a shorter warm-up some stick near 0.92. These settings were chosen after several others
  // failed; the second replica starts at 0.98, so it is the first that shows the lift.
  const training = await Training.open(make, {
    task: 'arithmetic',
    policy: 'transformer',
    task_settings: { digits: 1 },
    policy_settings: { layers: 1, width: 64, heads: 4 },
    hyper: { learning_rate: 0.002, entropy_coef: 0.03 },
    batch: { prompts: 32, group_size: 16, minibatches: 2, replicas: 2, eval_every: 10, warm_up_steps: 100 },
  });
  await training.advance(121);
  const starts: number[] = [];
  for (let r = 0; r < 2; r++) {
    const curve = training.curve('accuracy', r);
    console.log(`accuracy, replica ${r}:`, curve.map(([step, a]) => `${step}: ${a.toFixed(2)}`).join(' '));
    starts.push(curve[0][1]);
    expect(Math.max(...curve.map(([, a]) => a))).toBeGreaterThan(0.95);
    expect(mean(curve.slice(-4).map(([, a]) => a))).toBeGreaterThan(0.93);
  }
  expect(Math.min(...starts)).toBeLessThan(0.9); // there was something to lift
  training.close();
}, 300_000);

// what is asked of other algorithms cannot be asked of these: SFT draws no samples, self-search needs its own task, and a
// vote learns nothing from chance; all three have their own tests below
const APART = ['sft', 'ssrl', 'ttrl', 'rlccf'];
// prompts of which half are out of reach of luck, as these two are made for; four replicas of everything
const BY_DEMONSTRATION = ['luffy', 'hpt'];
test.each(Object.keys(algorithms).filter((id) => !APART.includes(id)))('%s learns', async (algorithm) => {
  const task = BY_DEMONSTRATION.includes(algorithm) ? 'one_answer' : 'sum_to_target';
  const training = await Training.open(make, {
    algorithm,
    task,
    batch: { eval_every: 0, replicas: 4 },
    task_settings: { num_prompts: 4 },
  });
  await training.advance(60);
  // where the training reward is another than the verifier's, the verifier's is what has to rise
  const has_truth = training.run.info().metrics.some((m) => m.id === 'true_reward');
  const rise = [0, 1, 2, 3].map((r) => ends(training.curve(has_truth ? 'true_reward' : 'reward_mean', r), 5));
  for (const { first, last } of rise) expect(last).toBeGreaterThan(first + 0.3);
  expect(mean(rise.map(({ last }) => last))).toBeGreaterThan(task === 'one_answer' ? 0.9 : 0.75);
  training.close();
});

test('self-search: from data in which three of ten recall what is asked, most answers become right, and other tasks are refused', async () => {
  const training = await Training.open(make, {
    algorithm: 'ssrl',
    task: 'self_search',
    batch: { eval_every: 0, warm_up_steps: 100 },
  });
  await training.advance(60);
  const { first, last } = ends(training.curve('reward_mean'), 5);
  expect(last).toBeGreaterThan(first + 0.3);
  training.close();
  await expect(Training.open(make, { algorithm: 'ssrl' })).rejects.toThrow('Choose the task “Self-search”');
});

test('votes without a verifier lock in what a weak start agrees on, and keep what a strong one does', async () => {
  const batch = { replicas: 4, eval_every: 0, group_size: 16 };
  const weak = await Training.open(make, { algorithm: 'ttrl', batch });
  await weak.advance(60);
  expect(mean(weak.at('agreement', 59))).toBeGreaterThan(0.9);
  expect(mean(weak.at('true_reward', 59))).toBeLessThan(0.4);
  expect(mean(weak.at('entropy', 59))).toBeLessThan(0.15);
  weak.close();
  const strong = await Training.open(make, {
    algorithm: 'ttrl',
    task: 'bandit',
    batch: { ...batch, warm_up_steps: 30 },
  });
  await strong.advance(60);
  expect(mean(strong.at('true_reward', 59))).toBeGreaterThan(mean(strong.at('true_reward', 0)) + 0.05);
  expect(mean(strong.at('label_accuracy', 59))).toBeGreaterThan(0.95);
  strong.close();
});

test('supervised fine-tuning lowers its loss and solves a task with one right answer', async () => {
  // of many right answers to one prompt a table that sees one symbol back learns a mixture, and no sum
  const training = await Training.open(make, {
    algorithm: 'sft',
    task: 'arithmetic',
    task_settings: { digits: 1 },
    hyper: { learning_rate: 0.1 },
    batch: { eval_every: 20 },
  });
  await training.advance(101);
  const { first, last } = ends(training.curve('loss'), 5);
  expect(last).toBeLessThan(first - 0.3);
  expect(training.curve('accuracy').at(-1)![1]).toBeGreaterThan(0.7);
  expect(training.run.info().metrics.some((m) => m.id === 'reward_mean')).toBe(false);
  training.close();
});

test('PPO’s critic learns: the explained variance rises from 0 in a task whose states tell the return', async () => {
  // every guess costs reward, so the turn alone says much about the return
  const training = await Training.open(make, {
    algorithm: 'ppo',
    task: 'guess_number',
    task_settings: { numbers: 4, turns: 6 },
    hyper: { learning_rate: 0.05 },
    batch: { prompts: 8, group_size: 8, minibatches: 4, epochs: 1, replicas: 3, eval_every: 0 },
  });
  await training.advance(41);
  const rise = [0, 1, 2].map((r) => ends(training.curve('explained_variance', r), 5));
  console.log(
    'explained variance:',
    rise.map(({ first, last }) => `${first.toFixed(2)} → ${last.toFixed(2)}`).join(', '),
  );
  expect(mean(rise.map(({ first }) => first))).toBeLessThan(0.15);
  expect(mean(rise.map(({ last }) => last))).toBeGreaterThan(0.3);
  const reward = ends(training.curve('reward_mean'), 5);
  expect(reward.last).toBeGreaterThan(reward.first + 0.3);
  training.close();
});
