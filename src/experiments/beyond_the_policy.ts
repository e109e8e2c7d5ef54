import { experiment } from './experiment.ts';
import { at, final } from './lib/measures.ts';

const luffy = 'arXiv 2504.14945';
const hpt = 'arXiv 2509.04419';

export default experiment({
  id: 'beyond_the_policy',
  title: 'Beyond what the policy finds',
  question: 'What is learned of prompts that the start policy almost never solves?',
  papers: ['luffy', 'hpt'],
  base: {
    task: 'one_answer',
    hyper: { learning_rate: 0.05 },
    batch: { prompts: 16, eval_every: 10, eval_samples: 16 },
  },
  arms: {
    grpo: { doc: 'only its own responses', algorithm: 'grpo' },
    sft: { doc: 'only demonstrations', algorithm: 'sft' },
    luffy: { doc: 'a demonstration in every group, with shaped weights', algorithm: 'luffy' },
    hpt: { doc: 'demonstrations for prompts whose group failed', algorithm: 'hpt' },
  },
  steps: 121,
  seeds: 8,
  measures: {
    hard_early: at('kind_accuracy_1', 40),
    hard_end: final('kind_accuracy_1'),
    easy_end: final('kind_accuracy_0'),
    pass_at_1: final('pass_at_1'),
    accuracy: final('accuracy'),
    entropy: final('entropy'),
  },
  claims: [
    {
      says: 'LUFFY solves what GRPO cannot reach.',
      source: luffy,
      left: ['luffy', 'hard_end'],
      is: 'above',
      right: ['grpo', 'hard_end'],
    },
    {
      says: 'LUFFY goes beyond imitation of its demonstrations.',
      source: luffy,
      left: ['luffy', 'pass_at_1'],
      is: 'above',
      right: ['sft', 'pass_at_1'],
    },
    {
      says: 'HPT solves what GRPO cannot reach.',
      source: hpt,
      left: ['hpt', 'hard_end'],
      is: 'above',
      right: ['grpo', 'hard_end'],
    },
    {
      says: 'HPT is above LUFFY.',
      source: hpt,
      left: ['hpt', 'pass_at_1'],
      is: 'above',
      right: ['luffy', 'pass_at_1'],
    },
    { says: 'HPT is above SFT.', source: hpt, left: ['hpt', 'pass_at_1'], is: 'above', right: ['sft', 'pass_at_1'] },
  ],
  curves: ['kind_accuracy_0', 'kind_accuracy_1', 'pass_at_1', 'accuracy', 'entropy', 'reward_mean'],
});
