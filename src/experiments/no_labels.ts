import { experiment, type Setup } from './experiment.ts';
import { at, change, final } from './lib/measures.ts';

const ttrl = 'arXiv 2504.16084';

/** A start from demonstrations, where the most frequent of 64 answers is right for nearly all prompts. */
const right: Setup = {
  task: 'arithmetic',
  task_settings: { digits: 1 },
  hyper: { learning_rate: 0.05 },
  batch: { prompts: 32, group_size: 16, minibatches: 4, warm_up_steps: 40 },
};
/** A start from chance, where the most frequent answer is hardly ever the right one of eight. */
const wrong: Setup = { task: 'sum_to_target', hyper: { learning_rate: 0.15 }, batch: { prompts: 8, group_size: 8 } };

export default experiment({
  id: 'no_labels',
  title: 'Learning without labels',
  question: 'When does a majority vote replace the verifier, and when does it lock in what is wrong?',
  papers: ['ttrl', 'rlccf'],
  base: { batch: { eval_every: 10, eval_samples: 64 } },
  arms: {
    labels: { doc: 'GRPO with the verifier, where the majority is right', algorithm: 'grpo', ...right },
    vote_right: { doc: 'TTRL where the majority is right', algorithm: 'ttrl', ...right },
    vote_wrong: { doc: 'TTRL from chance, where the majority is wrong', algorithm: 'ttrl', ...wrong },
    collective: {
      doc: 'four policies vote together, where each one’s majority is right',
      algorithm: 'rlccf',
      replicas_are: 'ensemble',
      ...right,
      batch: { ...right.batch, replicas: 4 },
    },
  },
  steps: 101,
  seeds: 8,
  measures: {
    pass_at_1_start: at('pass_at_1', 0),
    vote_start: at('maj_at_n', 0),
    pass_at_1_end: final('pass_at_1'),
    pass_at_1_gain: change('pass_at_1'),
    accuracy_end: final('accuracy'),
    pass_at_8_gain: change('pass_at_8'),
  },
  claims: [
    { says: 'Votes raise pass@1.', source: ttrl, left: ['vote_right', 'pass_at_1_gain'], is: 'above', right: 0 },
    {
      says: 'Training on the vote takes pass@1 past the vote that it started from.',
      source: ttrl,
      left: ['vote_right', 'pass_at_1_end'],
      is: 'above',
      right: ['vote_right', 'vote_start'],
    },
    {
      says: 'Votes come close to labels.',
      source: ttrl,
      left: ['vote_right', 'pass_at_1_end'],
      is: 'near',
      right: ['labels', 'pass_at_1_end'],
      within: 0.1,
    },
    {
      says: 'Without prior knowledge the vote fails: pass@8 falls.',
      source: ttrl,
      left: ['vote_wrong', 'pass_at_8_gain'],
      is: 'below',
      right: 0,
    },
    {
      says: 'A collective of policies gets more right than a policy that votes alone.',
      source: 'arXiv 2508.12338',
      left: ['collective', 'accuracy_end'],
      is: 'above',
      right: ['vote_right', 'accuracy_end'],
    },
  ],
  curves: ['pass_at_1', 'pass_at_8', 'maj_at_n', 'accuracy', 'entropy', 'true_reward', 'reward_mean'],
});
