import { experiment } from './experiment.ts';
import { at, change, final, largest, named, spread } from './lib/measures.ts';

const source = 'arXiv 2504.07912';
const accuracies = { accuracy_code: 0.9, accuracy_short: 0.6, accuracy_long: 0.3 };
const mixed = (code: number, short: number) => ({
  task_settings: { ...accuracies, share_code: code, share_short: short },
});
const even = mixed(0.34, 0.33);
const sharesAt = (step: number) => [0, 1, 2].map((kind) => at(`kind_share_${kind}`, step));
const shares = [0, 1, 2].map((kind) => final(`kind_share_${kind}`));

export default experiment({
  id: 'echo_chamber',
  title: 'Echo chamber',
  question: 'A policy was pre-trained on three answer formats: which of them does reinforcement learning leave alive?',
  papers: ['echo-chamber'],
  base: {
    task: 'answer_formats',
    policy: 'transformer', // what one prompt teaches about formats must reach the others
    policy_settings: { layers: 1, width: 32, heads: 4 },
    algorithm: 'grpo',
    hyper: { learning_rate: 0.003 },
    batch: { prompts: 16, group_size: 8, minibatches: 4, warm_up_steps: 200, eval_every: 10, eval_samples: 64 },
  },
  arms: {
    grpo: { doc: 'GRPO from an even mixture', ...even },
    grpo_kl: { doc: 'GRPO held to the start by a KL term', ...even, hyper: { kl_coef: 0.1 } },
    ppo: { doc: 'PPO from an even mixture', algorithm: 'ppo', ...even },
    expert: { doc: 'expert iteration from an even mixture', algorithm: 'expert_iteration', ...even },
    much_code: { doc: 'GRPO, the most accurate format is most of the mixture', ...mixed(0.7, 0.2) },
    little_code: { doc: 'GRPO, the most accurate format is rare', ...mixed(0.05, 0.2) },
  },
  steps: 151,
  seeds: 8,
  measures: {
    code_start: named('share of the format code at step 0', at('kind_share_0', 0)),
    code: named('share of the format code at the end', final('kind_share_0')),
    short: named('share of the format short at the end', final('kind_share_1')),
    long: named('share of the format long at the end', final('kind_share_2')),
    dominant: named('share of the most frequent format at the end', largest(shares)),
    mixture_early: named('entropy of the format shares at step 30', spread(sharesAt(30))),
    mixture: named('entropy of the format shares at the end', spread(shares)),
    pass_at_1_gain: change('pass_at_1'),
    pass_at_64_gain: change('pass_at_64'),
  },
  claims: [
    { says: 'GRPO ends in one format.', source, left: ['grpo', 'dominant'], is: 'above', right: 0.9 },
    { says: 'PPO ends in one format.', source, left: ['ppo', 'dominant'], is: 'above', right: 0.9 },
    { says: 'The winner is the most accurate format.', source, left: ['grpo', 'code'], is: 'above', right: 0.9 },
    {
      says: 'Which format wins depends on the mixture.',
      source,
      left: ['much_code', 'code'],
      is: 'above',
      right: ['little_code', 'code'],
    },
    {
      says: 'A KL term keeps the mixture.',
      source,
      left: ['grpo_kl', 'mixture'],
      is: 'above',
      right: ['grpo', 'mixture'],
    },
    {
      says: 'Expert iteration shifts more slowly than GRPO.',
      source,
      left: ['expert', 'mixture_early'],
      is: 'above',
      right: ['grpo', 'mixture_early'],
    },
    { says: 'Pass@1 rises.', source, left: ['grpo', 'pass_at_1_gain'], is: 'above', right: 0 },
    { says: 'Pass@64 does not rise.', source, left: ['grpo', 'pass_at_64_gain'], is: 'below', right: 0.02 },
  ],
  curves: ['kind_share_0', 'kind_share_1', 'kind_share_2', 'pass_at_1', 'pass_at_64', 'accuracy', 'entropy'],
});
