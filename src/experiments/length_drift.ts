import { experiment } from './experiment.ts';
import { between, difference, final, named } from './lib/measures.ts';

const source = 'arXiv 2504.05185';
/** Right is +1, wrong is −1, and half of the prompts have no right answer. */
const negative = {
  algorithm: 'concise_rl',
  parts: { reward: 'signed', source: 'on_policy' },
  task_settings: { impossible_share: 0.5 },
};
const start = between('response_length', 0, 4);
const first = between('response_length', 190, 199);
const last = between('response_length', 390, 399);

export default experiment({
  id: 'length_drift',
  title: 'Length drift',
  question: 'Why do responses grow longer when nothing rewards length, and does a short second phase undo it?',
  papers: ['concise-rl'],
  base: {
    task: 'say_symbol',
    hyper: { learning_rate: 0.05 },
    task_settings: { impossible_share: 0 },
    batch: { prompts: 8, group_size: 8, minibatches: 4, eval_every: 10 },
  },
  arms: {
    grpo: { doc: 'GRPO: each response is averaged over its own length', algorithm: 'grpo' },
    dr_grpo: { doc: 'Dr. GRPO: no division by the length', algorithm: 'dr_grpo' },
    solvable: { ...negative, doc: 'PPO on ±1, all prompts solvable', task_settings: { impossible_share: 0 } },
    negative: { ...negative, doc: 'PPO on ±1, half of the prompts unsolvable' },
    two_phases: {
      ...negative,
      doc: 'the same, then a second phase on four solvable prompts',
      schedule: [{ at: 200, parts: { source: 'prompt_subset' }, hyper: { subset_size: 4 } }],
    },
  },
  steps: 401,
  seeds: 8,
  measures: {
    before: first,
    after: last,
    drift: named('response length, end of first phase minus start', difference(first, start)),
    second: named('response length, end minus end of the first phase', difference(last, first)),
    accuracy_first: between('accuracy', 190, 199),
    accuracy: final('accuracy'),
  },
  claims: [
    {
      says: 'Unsolvable prompts lengthen responses.',
      source,
      left: ['negative', 'before'],
      is: 'above',
      right: ['solvable', 'before'],
    },
    { says: 'A second phase shortens them.', source, left: ['two_phases', 'second'], is: 'below', right: 0 },
    {
      says: 'It does so more than going on would.',
      source,
      left: ['two_phases', 'after'],
      is: 'below',
      right: ['negative', 'after'],
    },
    {
      says: 'Accuracy is kept.',
      source,
      left: ['two_phases', 'accuracy'],
      is: 'near',
      right: ['two_phases', 'accuracy_first'],
      within: 0.05,
    },
    {
      says: 'GRPO’s division by the length makes right answers shorter than Dr. GRPO’s.',
      source: 'arXiv 2503.20783',
      left: ['grpo', 'after'],
      is: 'below',
      right: ['dr_grpo', 'after'],
    },
  ],
  curves: ['response_length', 'reward_mean', 'accuracy', 'entropy'],
});
