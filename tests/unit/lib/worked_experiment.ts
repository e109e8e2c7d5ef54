import { experiment } from '../../../src/experiments/experiment.ts';
import { at, final, firstStep } from '../../../src/experiments/lib/measures.ts';

export default experiment({
  id: 'price_of_a_bonus',
  title: 'The price of a bonus',
  question: 'What does an entropy bonus cost GRPO in speed, and what does it keep?',
  papers: ['entropy-mechanism'],
  base: { task: 'sum_to_target', hyper: { learning_rate: 0.15 }, batch: { eval_every: 5 } },
  arms: {
    grpo: { doc: 'GRPO' },
    dr_grpo: { doc: 'GRPO without its two normalisations', algorithm: 'dr_grpo' },
    bonus: { doc: 'GRPO with an entropy bonus', hyper: { entropy_coef: 0.1 } },
    bonus_dropped: {
      doc: 'the same, without the bonus from step 40 on',
      hyper: { entropy_coef: 0.1 },
      schedule: [{ at: 40, hyper: { entropy_coef: 0 } }],
    },
  },
  steps: 61,
  seeds: 8,
  measures: {
    entropy_early: at('entropy', 30),
    entropy_end: final('entropy'),
    solved: firstStep('reward_mean', 'above', 0.9),
    accuracy: final('accuracy'),
  },
  claims: [
    {
      says: 'A bonus keeps the entropy up.',
      source: 'arXiv 1602.01783',
      left: ['bonus', 'entropy_early'],
      is: 'above',
      right: ['grpo', 'entropy_early'],
    },
    {
      says: 'A bonus ends more accurate.',
      source: 'arXiv 1602.01783',
      left: ['bonus', 'accuracy'],
      is: 'above',
      right: ['grpo', 'accuracy'],
    },
    {
      says: 'Dr. GRPO is as accurate as GRPO.',
      source: 'arXiv 2503.20783',
      left: ['dr_grpo', 'accuracy'],
      is: 'near',
      right: ['grpo', 'accuracy'],
      within: 0.1,
    },
  ],
  curves: ['entropy', 'reward_mean'],
});
