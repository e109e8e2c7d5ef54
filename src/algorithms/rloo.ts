/** RLOO (arXiv 2402.14740): the mean reward of the other answers is an unbiased baseline. */
import { log_ratio_limit, sequence_ratio_of } from '../../shaders/lib/token.ref.ts';
import { algorithm, part } from './algorithm.ts';
import { ppoClip, tokenMean } from './ppo.ts';
import { noCorrection, noRegulariser, onPolicy, plainLikelihood, verifier } from './reinforce.ts';

export const leaveOneOut = part({
  role: 'advantage',
  id: 'leave_one_out',
  title: 'Leave one out',
  doc: 'The reward less the mean reward of the other responses to the same prompt.',
  equation: String.raw`\hat A_i=R_i-\frac1{G-1}\sum_{j\ne i}R_j`,
  hyper: {
    lone_response: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['raw_reward', 'zero'],
      doc: 'advantage of a response that is alone in its group: its reward without a baseline, or 0',
      source: 'verl: raw reward; TRL: 0',
    },
  },
  slots: {
    group_advantage_of: {
      file: 'leave_one_out',
      twin: (reward, g, h) => {
        if (g.count === 1) return h.lone_response === 1 ? 0 : reward;
        return (g.count / (g.count - 1)) * (reward - g.mean);
      },
    },
  },
  is_centred: true,
  dispatches: {
    advantage: [
      {
        kernel: 'group_advantage',
        over: ['replica', 'group'],
        slots: { group_advantage_of: 'leave_one_out' },
        note: 'relative to the others',
      },
    ],
  },
});

export const sequenceClip = part({
  role: 'stabiliser',
  id: 'sequence_clip',
  title: 'Sequence clip',
  doc: 'PPO clipping on the ratio of the whole response, without length normalisation.',
  equation: String.raw`\rho_i=\exp\textstyle\sum_t(\log\pi_\theta-\log\pi_{old}),\quad \min\big(\rho_i\hat A_i,\ \mathrm{clip}(\rho_i,1-\epsilon_{low},1+\epsilon_{high})\hat A_i\big)`,
  hyper: { clip_low: ppoClip.hyper.clip_low, clip_high: ppoClip.hyper.clip_high },
  slots: {
    stable_mask: {
      file: 'sequence_clip',
      twin: (t, h) => {
        const ratio = sequence_ratio_of(t);
        return (t.advantage > 0 && ratio > 1 + h.clip_high) || (t.advantage < 0 && ratio < 1 - h.clip_low) ? 0 : 1;
      },
    },
    importance_weight: {
      file: 'sequence_ratio',
      twin: (t) => (Math.abs(t.sequence_log_ratio) <= log_ratio_limit ? sequence_ratio_of(t) : 0),
    },
    objective: {
      file: 'sequence_clip',
      twin: (t, h) => {
        const ratio = sequence_ratio_of(t);
        const clipped = Math.min(Math.max(ratio, 1 - h.clip_low), 1 + h.clip_high);
        return -Math.min(ratio * t.advantage, clipped * t.advantage) / Math.max(t.sequence_tokens, 1);
      },
    },
  },
});

export default algorithm({
  id: 'rloo',
  title: 'RLOO',
  summary: 'Uses the mean reward of the other answers to the same prompt as an unbiased baseline.',
  paper: {
    title: 'Back to basics: revisiting REINFORCE-style optimization for learning from human feedback in LLMs',
    arxiv: '2402.14740',
    equation: 'Eq. 7',
  },
  source: onPolicy,
  reward: verifier,
  advantage: leaveOneOut,
  stabiliser: ppoClip,
  correction: noCorrection,
  likelihood: plainLikelihood,
  regulariser: noRegulariser,
  weighting: tokenMean,
  departures: [
    'Several clipped updates per rollout, with PPO’s ratio and a dual clip; the paper takes one strictly on-policy step without ratio or clip.',
    'No KL charge inside the reward, which the paper has; the verifier is exact, and nothing learned can be exploited.',
  ],
});
