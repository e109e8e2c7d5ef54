import { experiment } from './experiment.ts';
import { at, difference, final, lastMean, named } from './lib/measures.ts';

const source = 'arXiv 2505.22203';
const parts = { reward: 'noisy_verifier' };
const gap = difference(lastMean('reward_mean', 10), lastMean('true_reward', 10));
const errors = { false_negative: 0.3, false_positive: 0.1 };
const honest = { false_negative: 0, false_positive: 0, form_false_negative: 0, exploit_rate: 0 };

export default experiment({
  id: 'verifier_pitfalls',
  title: 'Pitfalls of verifiers',
  question: 'What do missed right answers and an exploitable judge do to a policy that trains on them?',
  papers: ['verifier-pitfalls'],
  base: {
    task: 'two_forms',
    algorithm: 'grpo',
    task_settings: { num_answers: 24 }, // the exploit is found before the truth is
    hyper: { learning_rate: 0.05 },
    batch: { prompts: 16, group_size: 8, minibatches: 4, warm_up_steps: 40, eval_every: 10, eval_samples: 16 },
  },
  arms: {
    honest: { doc: 'a verifier without errors', parts, hyper: honest },
    noise: { doc: 'misses 30 %, wrongly accepts 10 %', parts, hyper: { ...honest, ...errors } },
    form: { doc: 'misses half of what has the other form', parts, hyper: { ...honest, form_false_negative: 0.5 } },
    exploit: { doc: 'accepts 90 % of what has the exploit', parts, hyper: { ...honest, exploit_rate: 0.9 } },
    weak_exploit: { doc: 'accepts 35 % of what has the exploit', parts, hyper: { ...honest, exploit_rate: 0.35 } },
  },
  steps: 301,
  seeds: 8,
  measures: {
    accuracy_early: at('accuracy', 50),
    accuracy: final('accuracy'),
    pass_at_1: final('pass_at_1'),
    reward: lastMean('reward_mean', 10),
    reward_gap: named('reward minus the truth, last 10 steps', gap),
    other_form: named('share of the other form at the end', final('kind_share_1')),
    exploits: named('share of the exploit at the end', final('kind_share_2')),
  },
  claims: [
    {
      says: 'Missed right answers slow learning.',
      source,
      left: ['noise', 'accuracy_early'],
      is: 'below',
      right: ['honest', 'accuracy_early'],
    },
    {
      says: 'They only slow it.',
      source,
      left: ['noise', 'accuracy'],
      is: 'near',
      right: ['honest', 'accuracy'],
      within: 0.05,
    },
    {
      says: 'A form that is missed dies out.',
      source,
      left: ['form', 'other_form'],
      is: 'below',
      right: ['honest', 'other_form'],
    },
    { says: 'The exploit is found and used.', source, left: ['exploit', 'exploits'], is: 'above', right: 0.5 },
    {
      says: 'It lifts the reward far above the truth.',
      source,
      left: ['exploit', 'reward_gap'],
      is: 'above',
      right: 0.3,
    },
    {
      says: 'True accuracy stays behind.',
      source,
      left: ['exploit', 'accuracy'],
      is: 'below',
      right: ['honest', 'accuracy'],
    },
  ],
  curves: ['reward_mean', 'true_reward', 'accuracy', 'kind_share_1', 'kind_share_2', 'entropy'],
});
