/** Expert iteration, or rejection-sampling fine-tuning: draw many answers, imitate the right ones, repeat. */
import { algorithm, part } from './algorithm.ts';
import { tokenMean } from './ppo.ts';
import reinforce, { noMask } from './reinforce.ts';
import { constantOne } from './sft.ts';

export const rejectionSampling = part({
  role: 'source',
  id: 'rejection_sampling',
  title: 'Rejection sampling',
  doc: 'Of the policy’s own responses only the right ones stay, and each different one of a group once.',
  equation: String.raw`\{y_i\sim\pi_\theta(\cdot\mid x):\ R_i=1,\ y_i\ne y_j\ \text{for all kept}\ j<i\}`,
  hyper: {
    max_kept: {
      value: 0,
      min: 0,
      max: 64,
      scale: 'int',
      doc: 'at most so many responses of a group stay, so that easy prompts do not fill the batch; 0: all that are right',
    },
  },
  dispatches: {
    select: [{ kernel: 'keep_correct', over: ['replica', 'group'], note: 'the right ones, each different one once' }],
  },
});

export default algorithm({
  ...reinforce,
  id: 'expert_iteration',
  title: 'Expert iteration',
  summary:
    'Draws many answers, keeps the right and different ones, and raises their likelihood: REINFORCE that never hears of failures.',
  paper: {
    title: 'Thinking fast and slow with deep learning and tree search',
    arxiv: '1705.08439',
    equation: 'Alg. 1; as rejection-sampling fine-tuning in arXiv 2308.01825',
  },
  source: rejectionSampling,
  advantage: constantOne,
  stabiliser: noMask,
  weighting: tokenMean,
  batch: { minibatches: 4, epochs: 2 },
  departures: [
    'The online variant: every round goes on from the last weights. Starting each round again from the first ones needs many updates per round, which would hide at toy scale what a round has found.',
    'Eight answers to a prompt and a new round at every step, instead of 64 or more answers and a few rounds.',
    'Duplicates are looked for among the answers of one group; a prompt that is drawn twice in a step may keep an answer twice.',
  ],
});
