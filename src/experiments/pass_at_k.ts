import { experiment } from './experiment.ts';
import { at, change, final } from './lib/measures.ts';

const source = 'arXiv 2506.14758';

export default experiment({
  id: 'pass_at_k',
  title: 'Pass@k',
  question: 'Does training widen what a policy can find in k tries, or only sharpen what it finds in one?',
  papers: ['entropy-advantage'],
  base: {
    task: 'answer_formats',
    policy: 'transformer', // in a table every prompt keeps its own answers, and nothing found is lost
    policy_settings: { layers: 1, width: 32, heads: 4 },
    hyper: { learning_rate: 0.002 },
    batch: { prompts: 16, group_size: 8, minibatches: 4, warm_up_steps: 200, eval_every: 10, eval_samples: 64 },
  },
  arms: {
    grpo: { doc: 'GRPO', algorithm: 'grpo' },
    entropy_advantage: { doc: 'GRPO with entropy as a term of the advantage', algorithm: 'entropy_advantage' },
  },
  steps: 151,
  seeds: 8,
  measures: {
    accuracy_early: at('accuracy', 30),
    pass_at_1_start: at('pass_at_1', 0),
    pass_at_1: final('pass_at_1'),
    pass_at_1_gain: change('pass_at_1'),
    pass_at_8: final('pass_at_8'),
    pass_at_64_start: at('pass_at_64', 0),
    pass_at_64: final('pass_at_64'),
    pass_at_64_gain: change('pass_at_64'),
    distinct_start: at('distinct_correct', 0),
    distinct: final('distinct_correct'),
  },
  claims: [
    {
      says: 'The entropy term raises pass@64 above GRPO’s.',
      source,
      left: ['entropy_advantage', 'pass_at_64'],
      is: 'above',
      right: ['grpo', 'pass_at_64'],
    },
    {
      says: 'The entropy term raises pass@1 above GRPO’s.',
      source,
      left: ['entropy_advantage', 'pass_at_1'],
      is: 'above',
      right: ['grpo', 'pass_at_1'],
    },
    {
      says: 'GRPO raises pass@1.',
      source: 'arXiv 2504.13837',
      left: ['grpo', 'pass_at_1_gain'],
      is: 'above',
      right: 0,
    },
    {
      says: 'After GRPO, 64 tries find less than they did at the start.',
      source: 'arXiv 2504.13837',
      left: ['grpo', 'pass_at_64_gain'],
      is: 'below',
      right: 0,
    },
  ],
  curves: ['pass_at_1', 'pass_at_8', 'pass_at_64', 'distinct_correct', 'entropy', 'accuracy'],
});
