/** SimpleVLA-RL (arXiv 2509.09674): three switches that make GRPO explore: an accuracy window, clip-higher and a hot rollout. */
import { algorithm, part } from './algorithm.ts';
import { oldRatio } from './clip_cov.ts';
import { keeping } from './dapo.ts';
import grpo from './grpo.ts';
import { noRegulariser } from './reinforce.ts';

export const accuracyWindow = part({
  role: 'source',
  id: 'accuracy_window',
  title: 'Accuracy window',
  doc: 'More groups are drawn than trained on, and those are kept whose share of right responses lies in a window.',
  equation: String.raw`a_{low}\le\frac1G\sum_i R_i\le a_{high}`,
  hyper: {
    accuracy_low: {
      value: 0.1,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'a group with a smaller share of right responses is left out',
      symbol: 'a_{low}',
      metric: 'kept_groups',
      source: 'SimpleVLA-RL',
    },
    accuracy_high: {
      value: 0.9,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'a group with a larger share of right responses is left out',
      symbol: 'a_{high}',
      metric: 'kept_groups',
      source: 'SimpleVLA-RL',
    },
  },
  slots: {
    keep_group: {
      file: 'window',
      twin: (accuracy, _members, h) => h.accuracy_low <= accuracy && accuracy <= h.accuracy_high,
    },
  },
  ...keeping,
});

export const plainClip = part({
  role: 'stabiliser',
  id: 'plain_clip',
  title: 'Plain clip',
  doc: 'Drops a token once its ratio has left the range in the advantage’s direction; no dual clip, no other guard.',
  equation: String.raw`\min\big(\rho\hat A,\ \mathrm{clip}(\rho,1-\epsilon_{low},1+\epsilon_{high})\hat A\big)`,
  hyper: {
    clip_low: {
      value: 0.2,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'how far below 1 the ratio may fall',
      symbol: String.raw`\epsilon_{low}`,
      metric: 'clip_frac',
      source: 'SimpleVLA-RL',
    },
    clip_high: {
      value: 0.28,
      min: 0,
      max: 10,
      scale: 'linear',
      doc: 'how far above 1 the ratio may rise',
      symbol: String.raw`\epsilon_{high}`,
      metric: 'clip_frac',
      source: 'SimpleVLA-RL',
    },
  },
  slots: {
    stable_mask: {
      file: 'plain_clip',
      twin: (t, h) => {
        const ratio = Math.exp(t.logp - t.old_logp);
        return (t.advantage > 0 && ratio > 1 + h.clip_high) || (t.advantage < 0 && ratio < 1 - h.clip_low) ? 0 : 1;
      },
    },
    importance_weight: oldRatio,
    objective: {
      file: 'plain_clip',
      twin: (t, h) => {
        const ratio = Math.exp(t.logp - t.old_logp);
        const clipped = Math.min(Math.max(ratio, 1 - h.clip_low), 1 + h.clip_high);
        return Math.max(-t.advantage * ratio, -t.advantage * clipped);
      },
    },
  },
});

export default algorithm({
  ...grpo,
  id: 'simplevla_rl',
  title: 'SimpleVLA-RL',
  summary:
    'Draws hot, trains only on groups that neither always fail nor always succeed, and lets rare tokens rise further than common ones fall.',
  paper: {
    title: 'SimpleVLA-RL: scaling VLA training via reinforcement learning',
    arxiv: '2509.09674',
    equation: 'dynamic sampling, clip-higher, rollout temperature',
  },
  source: accuracyWindow,
  stabiliser: plainClip,
  regulariser: noRegulariser,
  defaults: { temperature: 1.6 },
  departures: [
    'The policy writes symbols, it moves no robot: what carries over is the sampling and the loss.',
    'A step draws a fixed number of groups (oversample) instead of drawing until the batch is full; places that stay empty train on nothing.',
  ],
});
