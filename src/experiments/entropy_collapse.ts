import { experiment } from './experiment.ts';
import { at, final, law, when } from './lib/measures.ts';

const source = 'arXiv 2505.22617';

export default experiment({
  id: 'entropy_collapse',
  title: 'Entropy collapse',
  question: 'Does GRPO pay for reward with entropy, and what do four remedies keep of it?',
  papers: ['entropy-mechanism', 'entropy-advantage'],
  base: {
    task: 'sum_to_target',
    algorithm: 'grpo',
    hyper: { learning_rate: 0.15 },
    batch: { prompts: 8, group_size: 8, minibatches: 8, eval_every: 5 },
  },
  arms: {
    grpo: { doc: 'GRPO without any entropy control' },
    clip_cov: { doc: 'tokens of high covariance get no gradient', algorithm: 'clip_cov' },
    kl_cov: { doc: 'tokens of high covariance pay a KL penalty', algorithm: 'kl_cov' },
    late_kl_cov: { doc: 'GRPO that continues as KL-Cov', schedule: [{ at: 20, algorithm: 'kl_cov' }] },
    entropy_advantage: { doc: 'entropy as a term of the advantage', algorithm: 'entropy_advantage' },
    entropy_bonus: { doc: 'GRPO with an entropy bonus in the loss', hyper: { entropy_coef: 0.1 } },
  },
  steps: 151,
  seeds: 8,
  measures: {
    entropy_early: at('entropy', 30),
    accuracy_early: at('accuracy', 30),
    entropy_at_reward: when('entropy', 'reward_mean', 'above', 0.8),
    entropy_end: final('entropy'),
    accuracy_end: final('accuracy'),
    law_a: law('a'),
    law_r2: law('r2'),
    law_ceiling: law('ceiling_at_H0'),
    law_ceiling_prefix: law('ceiling_prefix'),
  },
  claims: [
    {
      says: 'Clip-Cov keeps more entropy than GRPO at the same step.',
      source,
      left: ['clip_cov', 'entropy_early'],
      is: 'above',
      right: ['grpo', 'entropy_early'],
    },
    {
      says: 'KL-Cov keeps more entropy than GRPO at the same step.',
      source,
      left: ['kl_cov', 'entropy_early'],
      is: 'above',
      right: ['grpo', 'entropy_early'],
    },
    { says: 'Without control the entropy collapses.', source, left: ['grpo', 'entropy_end'], is: 'below', right: 0.1 },
    { says: 'Reward follows −a · exp(H) + b.', source, left: ['grpo', 'law_r2'], is: 'above', right: 0.9 },
    {
      says: 'The law’s ceiling at entropy 0 is the accuracy that is reached.',
      source,
      left: ['grpo', 'law_ceiling'],
      is: 'near',
      right: ['grpo', 'accuracy_end'],
      within: 0.1,
    },
    {
      says: 'An entropy term in the advantage does not lift entropy everywhere, as a bonus does.',
      source: 'arXiv 2506.14758',
      left: ['entropy_advantage', 'entropy_early'],
      is: 'below',
      right: ['entropy_bonus', 'entropy_early'],
    },
  ],
  chosen:
    'Task, batch and learning rate are those of a separate program in double precision, in which GRPO’s entropy collapsed within 30 steps in four seeds. Here only the entropy bonus was searched: it is one of four values that were tried on GRPO.',
  curves: ['entropy', 'reward_mean', 'accuracy', 'covariance'],
});
