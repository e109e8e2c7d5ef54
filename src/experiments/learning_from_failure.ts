import { experiment } from './experiment.ts';
import { area, at, final } from './lib/measures.ts';

const source = 'arXiv 2505.18116';

export default experiment({
  id: 'learning_from_failure',
  title: 'Learning from failure',
  question: 'What do wrong answers add to supervised learning on the right ones?',
  papers: ['nft'],
  base: {
    task: 'sum_to_target',
    hyper: { learning_rate: 0.15 },
    batch: { prompts: 8, group_size: 8, minibatches: 8, eval_every: 5, eval_samples: 64 },
  },
  arms: {
    nft: { doc: 'NFT: wrong answers train an implicit negative policy', algorithm: 'nft' },
    rejection: {
      doc: 'rejection fine-tuning: NFT without wrong answers',
      algorithm: 'nft',
      hyper: { nft_negative_weight: 0 },
    },
    grpo: { doc: 'GRPO, the policy-gradient yardstick', algorithm: 'grpo' },
  },
  steps: 151,
  seeds: 8,
  measures: {
    entropy_early: at('entropy', 30),
    accuracy_early: at('accuracy', 30),
    distinct_early: at('distinct_correct', 30),
    accuracy_area: area('accuracy'),
    accuracy_end: final('accuracy'),
    entropy_end: final('entropy'),
    distinct_end: final('distinct_correct'),
  },
  claims: [
    {
      says: 'Wrong answers keep the entropy above that of rejection fine-tuning.',
      source,
      left: ['nft', 'entropy_early'],
      is: 'above',
      right: ['rejection', 'entropy_early'],
    },
    {
      says: 'Wrong answers keep more different right ones alive.',
      source,
      left: ['nft', 'distinct_early'],
      is: 'above',
      right: ['rejection', 'distinct_early'],
    },
    {
      says: 'NFT ends above rejection fine-tuning.',
      source,
      left: ['nft', 'accuracy_end'],
      is: 'above',
      right: ['rejection', 'accuracy_end'],
    },
    {
      says: 'NFT is as good as GRPO.',
      source,
      left: ['nft', 'accuracy_area'],
      is: 'near',
      right: ['grpo', 'accuracy_area'],
      within: 0.05,
    },
  ],
  curves: ['entropy', 'accuracy', 'reward_mean', 'distinct_correct'],
});
