/** GSPO (arXiv 2507.18071): one length-normalised ratio per answer, and whole answers are clipped. */
import type { Token } from '../../shaders/lib/token.ref.ts';
import { algorithm, part } from './algorithm.ts';
import grpo from './grpo.ts';
import { noRegulariser } from './reinforce.ts';

/** exp of this is the largest ratio that the public code lets through. */
const log_limit = 10;
const mean_log_ratio = (t: Token): number => t.sequence_log_ratio / Math.max(t.sequence_tokens, 1);
const mean_ratio = (t: Token): number => Math.exp(Math.min(mean_log_ratio(t), log_limit));

export const meanSequenceClip = part({
  role: 'stabiliser',
  id: 'mean_sequence_clip',
  title: 'Mean sequence clip',
  doc: 'PPO clipping on the geometric mean of the token ratios: a response counts as a whole or not at all.',
  equation: String.raw`s_i=\exp\Big(\tfrac1{|y_i|}\textstyle\sum_t\log\pi_\theta-\log\pi_{old}\Big),\quad \min\big(s_i\hat A_i,\ \mathrm{clip}(s_i,1-\epsilon_{low},1+\epsilon_{high})\hat A_i\big)`,
  hyper: {
    clip_low: {
      value: 0.05,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'how far below 1 the mean ratio may fall',
      symbol: String.raw`\epsilon_{low}`,
      metric: 'clip_frac',
      source: '0.0003 in verl’s example, for answers of thousands of tokens',
    },
    clip_high: {
      value: 0.08,
      min: 0,
      max: 10,
      scale: 'linear',
      doc: 'how far above 1 the mean ratio may rise',
      symbol: String.raw`\epsilon_{high}`,
      metric: 'clip_frac',
      source: '0.0004 in verl’s example, for answers of thousands of tokens',
    },
  },
  slots: {
    stable_mask: {
      file: 'mean_sequence_clip',
      twin: (t, h) => {
        const ratio = mean_ratio(t);
        return (t.advantage > 0 && ratio > 1 + h.clip_high) || (t.advantage < 0 && ratio < 1 - h.clip_low) ? 0 : 1;
      },
    },
    importance_weight: {
      file: 'mean_sequence_ratio',
      // beyond the limit the ratio is held, and its slope is 0
      twin: (t) => (mean_log_ratio(t) <= log_limit ? mean_ratio(t) : 0),
    },
    objective: {
      file: 'mean_sequence_clip',
      twin: (t, h) => {
        const ratio = mean_ratio(t);
        const clipped = Math.min(Math.max(ratio, 1 - h.clip_low), 1 + h.clip_high);
        return Math.max(-t.advantage * ratio, -t.advantage * clipped);
      },
    },
  },
});

export default algorithm({
  ...grpo,
  id: 'gspo',
  title: 'GSPO',
  summary: 'Takes one length-normalised importance ratio per answer and clips whole answers instead of tokens.',
  paper: { title: 'Group sequence policy optimization', arxiv: '2507.18071', equation: 'Eq. 5 to 7' },
  stabiliser: meanSequenceClip,
  regulariser: noRegulariser,
  departures: [
    'The clipping range is some two hundred times as wide: the mean log-ratio of four symbols moves far more than that of thousands.',
    'Groups of 8 instead of 16, so that a step stays small.',
  ],
});
