/** RLCCF (arXiv 2508.12338): several policies vote on every prompt, and all are trained towards the common answer. */
import { algorithm, part } from './algorithm.ts';
import grpo from './grpo.ts';

export const collectiveVote = part({
  role: 'reward',
  id: 'collective_vote',
  title: 'Collective vote',
  doc: 'All replicas answer the same prompts and vote, each weighted by how much it agrees with itself; a response is worth 1 when it gives the winning answer. One replica alone is a majority vote.',
  equation: String.raw`R_{j,i}=[a_{j,i}=\hat y],\quad \hat y=\arg\max_a\textstyle\sum_j SC_j\,n_{j,a},\quad SC_j=\max_a n_{j,a}/K`,
  terms: [
    {
      symbol: 'SC_j',
      doc: 'how much a replica agrees with itself',
      names: ['most', 'self_consistency', 'weight'],
      metric: 'self_consistency',
      knob: 'vote_weight',
    },
    { symbol: 'n_{j,a}', doc: 'responses of a replica that give an answer', names: ['count_of', 'counts'] },
    { symbol: 'K', doc: 'responses of a replica to a prompt', names: ['member'], knob: 'group_size' },
  ],
  hyper: {
    vote_weight: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['self_consistency', 'uniform'],
      doc: 'what a replica’s vote weighs: as much as it agrees with itself, or 1',
      source: 'arXiv 2508.12338: self-consistency',
    },
  },
  dispatches: {
    reward: [
      { kernel: 'extract_answers', over: ['replica', 'sequence'], note: 'what each response answers' },
      { kernel: 'collective_vote', over: ['prompt'], note: 'agreement with the whole ensemble' },
      { kernel: 'vote_metrics', over: ['replica', 64], note: 'how right the vote was' },
    ],
  },
  buffers: {
    label_stat: {
      type: 'f32',
      shape: ['replica', 'prompt', 4],
      doc: 'label is right, share of the votes, share of rewards that are right, self-consistency',
    },
    votes: {
      type: 'f32',
      shape: ['replica', 'sequence'],
      doc: 'weighted votes for each response’s answer',
      is_result: true,
    },
  },
  needs: ['common_prompts'],
  is_relative: true,
  metrics: ['label_accuracy', 'agreement', 'reward_accuracy', 'self_consistency'],
});

export default algorithm({
  ...grpo,
  id: 'rlccf',
  title: 'RLCCF',
  summary:
    'Several policies learn together without labels: each is rewarded for the answer that all of them vote for, votes weighted by self-consistency.',
  paper: {
    title: 'Wisdom of the crowd: reinforcement learning from coevolutionary collective feedback',
    arxiv: '2508.12338',
    equation: 'self-consistency weighted vote; there is no public code',
  },
  reward: collectiveVote,
  batch: { replicas: 4, group_size: 16 },
  // a vote needs a start in which the majority is right
  home: { task: 'arithmetic', task_settings: { digits: 1 }, batch: { warm_up_steps: 40 } },
  departures: [
    'The paper’s ensemble is four different open models; here it is the replicas, which differ in their start weights and samples alone.',
    'The paper gives no code; the weight of a vote is read as the share of a policy’s commonest answer.',
  ],
});
