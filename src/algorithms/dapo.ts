/** DAPO (arXiv 2503.14476): GRPO with an asymmetric clip, mixed groups only, a token mean, and a charge on overlong answers. */
import { algorithm, type Part, part } from './algorithm.ts';
import grpo from './grpo.ts';
import { tokenMean } from './ppo.ts';
import { noRegulariser } from './reinforce.ts';

/** What a source brings along that chooses among the drawn groups; its slot `keep_group` says how. */
export const keeping: Pick<Part, 'dispatches' | 'buffers' | 'needs' | 'metrics'> = {
  dispatches: { select: [{ kernel: 'keep_groups', over: ['replica', 64], note: 'the groups that are trained on' }] },
  buffers: {
    group_verdict: {
      type: 'f32',
      shape: ['replica', 'prompt', 2],
      doc: 'accuracy of each drawn group, and whether it is kept',
      is_result: true,
    },
  },
  needs: ['kept_groups'],
  metrics: ['kept_groups'],
};

export const dynamicSampling = part({
  role: 'source',
  id: 'dynamic_sampling',
  title: 'Dynamic sampling',
  doc: 'More groups are drawn than trained on, and those that are all right or all wrong are left out.',
  equation: String.raw`y_1,\dots,y_G\sim\pi_\theta(\cdot\mid x),\quad 0<|\{i:y_i\ \text{right}\}|<G`,
  hyper: {},
  slots: {
    keep_group: { file: 'mixed', twin: (accuracy, members) => (accuracy > 0 && accuracy < 1) || members === 1 },
  },
  ...keeping,
});

export const overlong = part({
  role: 'reward',
  id: 'overlong',
  title: 'Overlong penalty',
  doc: 'A response that runs into the last positions loses reward, more the longer it is.',
  equation: String.raw`R_i+\min\Big(0,\ -\frac{|y_i|-(L_{max}-L_c)}{L_c}\,f\Big)`,
  hyper: {
    overlong_buffer: {
      value: 2,
      min: 1,
      max: 4096,
      scale: 'int',
      doc: 'the last L_c positions, in which the charge grows from 0 to its full height',
      symbol: 'L_c',
      metric: 'response_length',
      source: '4096 of 20480 in arXiv 2503.14476',
    },
    overlong_factor: {
      value: 1,
      min: 0,
      max: 4,
      scale: 'linear',
      doc: 'charge f on a response of full length',
      symbol: 'f',
      metric: 'response_length',
      source: 'arXiv 2503.14476',
    },
    reward_is_signed: {
      value: 1,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['as_verified', 'plus_minus_one'],
      doc: 'whether a wrong response counts −1 instead of 0 before the charge',
      source: 'arXiv 2503.14476: plus or minus 1',
    },
  },
  dispatches: {
    reward: [{ kernel: 'overlong_reward', over: ['replica', 'sequence'], note: 'less for the last positions' }],
  },
});

export default algorithm({
  ...grpo,
  id: 'dapo',
  title: 'DAPO',
  summary:
    'Lets rare tokens rise further than common ones fall, trains on mixed groups only, counts every token the same and charges answers that run out of room.',
  paper: {
    title: 'DAPO: an open-source LLM reinforcement learning system at scale',
    arxiv: '2503.14476',
    equation: 'Eq. 8 to 13',
  },
  source: dynamicSampling,
  reward: overlong,
  regulariser: noRegulariser,
  weighting: tokenMean,
  defaults: { clip_high: 0.28, dual_clip: 10 },
  departures: [
    'A step draws a fixed number of groups (oversample) instead of drawing until the batch is full; places that stay empty train on nothing, and a minibatch without a mixed group is a skipped update.',
    'Groups of 8 instead of 16, so that a step stays small.',
    'Where every answer has the full length the charge is the same for all and cancels in the group’s mean.',
  ],
});
