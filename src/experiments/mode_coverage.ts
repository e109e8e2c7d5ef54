import { experiment } from './experiment.ts';
import { final, lastMean } from './lib/measures.ts';

const source = 'arXiv 2509.15207';

export default experiment({
  id: 'mode_coverage',
  title: 'Mode coverage',
  question: 'When a prompt has many correct answers, which algorithm keeps finding more than one of them?',
  papers: ['flowrl'],
  base: {
    task: 'sum_to_target',
    hyper: { learning_rate: 0.15 },
    batch: { prompts: 8, group_size: 8, minibatches: 8, eval_every: 10, eval_samples: 64 },
  },
  arms: {
    flowrl: { doc: 'matches the distribution exp(β · reward)', algorithm: 'flowrl' },
    grpo: { doc: 'maximises the reward relative to the group', algorithm: 'grpo' },
    ppo: { doc: 'maximises the reward with a critic', algorithm: 'ppo' },
    rloo: { doc: 'maximises the reward over a leave-one-out baseline', algorithm: 'rloo' },
  },
  steps: 151,
  seeds: 8,
  measures: {
    distinct_correct: final('distinct_correct'),
    mode_coverage: final('mode_coverage'),
    pass_at_1: final('pass_at_1'),
    accuracy: final('accuracy'),
    entropy: lastMean('entropy', 10),
  },
  claims: [
    {
      says: 'FlowRL finds more distinct correct answers than GRPO.',
      source,
      left: ['flowrl', 'distinct_correct'],
      is: 'above',
      right: ['grpo', 'distinct_correct'],
    },
    {
      says: 'FlowRL finds more distinct correct answers than PPO.',
      source,
      left: ['flowrl', 'distinct_correct'],
      is: 'above',
      right: ['ppo', 'distinct_correct'],
    },
    {
      says: 'FlowRL finds more distinct correct answers than RLOO.',
      source,
      left: ['flowrl', 'distinct_correct'],
      is: 'above',
      right: ['rloo', 'distinct_correct'],
    },
    {
      says: 'Diversity costs FlowRL no accuracy against GRPO.',
      source,
      left: ['flowrl', 'accuracy'],
      is: 'near',
      right: ['grpo', 'accuracy'],
      within: 0.05,
    },
  ],
  curves: ['distinct_correct', 'mode_coverage', 'pass_at_1', 'entropy', 'reward_mean'],
});
