/** TTRL (arXiv 2504.16084): the commonest of many answers stands in for the label that nobody has. */
import { algorithm, part } from './algorithm.ts';
import grpo from './grpo.ts';
import { tokenMean } from './ppo.ts';

export const majorityVote = part({
  role: 'reward',
  id: 'majority_vote',
  title: 'Majority vote',
  doc: 'A response is worth 1 when it gives the commonest answer of its group (the first seen in a tie), whether right or not.',
  equation: String.raw`R_i=[a_i=\hat y],\quad \hat y=\arg\max_a\textstyle\sum_i[a_i=a]`,
  hyper: {},
  dispatches: {
    reward: [
      { kernel: 'extract_answers', over: ['replica', 'sequence'], note: 'what each response answers' },
      { kernel: 'majority_vote', over: ['replica', 'prompt'], note: 'agreement with the group' },
      { kernel: 'vote_metrics', over: ['replica', 64], note: 'how right the vote was' },
    ],
  },
  is_relative: true,
  buffers: {
    label_stat: {
      type: 'f32',
      shape: ['replica', 'prompt', 4],
      doc: 'label is right, share of the votes, share of rewards that are right, self-consistency',
    },
  },
  metrics: ['label_accuracy', 'agreement', 'reward_accuracy'],
});

export default algorithm({
  ...grpo,
  id: 'ttrl',
  title: 'TTRL',
  summary:
    'Learns without labels: the majority answer of a group is taken for the right one, and agreement is rewarded.',
  paper: { title: 'TTRL: test-time reinforcement learning', arxiv: '2504.16084', equation: 'Eq. 2 and 3' },
  reward: majorityVote,
  weighting: tokenMean,
  defaults: { kl_coef: 0.001 },
  batch: { group_size: 16 },
  // a vote needs a start in which the majority is right
  home: { task: 'arithmetic', task_settings: { digits: 1 }, batch: { warm_up_steps: 40 } },
  departures: [
    'The paper votes over 64 responses and trains on the first 32; here every response that votes is trained on, and there are 16.',
    'A group from which no answer can be read is worth 0 throughout, which teaches nothing; the public code would stop.',
  ],
});
