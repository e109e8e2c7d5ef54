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
    parts: { source: 'dynamic_sampling' },
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
    nft_on_policy: {
      doc: 'NFT in GRPO’s weighting, one update per rollout: the policy is its own old policy',
      algorithm: 'nft',
      parts: { source: 'on_policy', weighting: 'token_mean' },
      hyper: { nft_normalise: 2 },
      batch: { minibatches: 1 },
    },
    grpo_on_policy: {
      doc: 'GRPO the same way, with the population’s standard deviation',
      algorithm: 'grpo',
      parts: { source: 'on_policy', weighting: 'token_mean' },
      hyper: { std_is_population: 1 },
      batch: { minibatches: 1 },
    },
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
    gradient_start: at('grad_norm', 0),
    gradient_later: at('grad_norm', 20),
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
    {
      says: 'Strictly on-policy NFT’s gradient is GRPO’s: from the same weights on the same samples.',
      source,
      left: ['nft_on_policy', 'gradient_start'],
      is: 'near',
      right: ['grpo_on_policy', 'gradient_start'],
      within: 1e-5,
    },
    {
      says: 'So both walk the same way: after 20 updates the gradients are still one.',
      source,
      left: ['nft_on_policy', 'gradient_later'],
      is: 'near',
      right: ['grpo_on_policy', 'gradient_later'],
      within: 1e-4,
    },
  ],
  chosen: 'Nothing was searched: task, batch and learning rate are those of the experiment entropy_collapse.',
  curves: ['entropy', 'accuracy', 'reward_mean', 'distinct_correct'],
});
