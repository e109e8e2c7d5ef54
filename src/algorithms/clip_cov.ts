/** Clip-Cov (arXiv 2505.22617): a few tokens whose covariance is high lose their gradient, because they destroy entropy. */
import type { Dispatch } from '../engine/program.ts';
import type { Knob } from '../engine/table.ts';
import { algorithm, type Part, part, ROLES } from './algorithm.ts';
import grpo from './grpo.ts';
import { tokenMean } from './ppo.ts';
import { noRegulariser } from './reinforce.ts';

/** How a part singles out tokens of a minibatch; its slot `pick_key` says which ones. */
export const picking = (key_note: string): Pick<Part, 'dispatches' | 'buffers' | 'metrics' | 'refuses'> => {
  const tokens = ['replica', 'mb_sequence', 'position_stride'];
  const update: Dispatch[] = [
    { kernel: 'token_covariance', over: ['replica', 64], note: 'of advantage and log-probability' },
    {
      kernel: 'pick_keys',
      over: ['replica', 'sequence', 'position_stride'],
      at: { epoch: { epoch: 1 }, minibatch: { minibatch: 1 } },
      note: key_note,
    },
    { kernel: 'pick_tokens', over: ['replica', 64], note: 'the largest keys' },
  ];
  return {
    dispatches: { update },
    buffers: {
      covariances: { type: 'f32', shape: tokens, doc: 'what each token adds to the covariance' },
      covariance_stat: {
        type: 'f32',
        shape: ['replica', 4],
        doc: 'mean covariance, mean advantage, mean log-probability, tokens',
        is_result: true,
      },
      keys: { type: 'u32', shape: tokens, doc: 'order in which tokens are picked; 0 for none' },
    },
    metrics: ['picked_frac'],
    refuses: (parts) => {
      const role = ROLES.find((r) => parts[r].slots?.effective_advantage);
      return (
        role &&
        `Tokens are picked by the covariance of the advantage as it was computed; the ${role} “${parts[role].title}” changes it afterwards. Choose another ${role}, or a part that picks no tokens.`
      );
    },
  };
};

export const pick_share: Knob = {
  value: 0.1,
  min: 0.0001,
  max: 1,
  scale: 'log',
  doc: 'share of the minibatch’s tokens that is singled out, at least one token',
  metric: 'picked_frac',
};

/** The importance weight that no guard limits. */
export const oldRatio = {
  file: 'old_ratio',
  twin: (t: { logp: number; old_logp: number }) => Math.exp(t.logp - t.old_logp),
};

export const clipCov = part({
  role: 'stabiliser',
  id: 'clip_cov',
  title: 'Clip-Cov',
  doc: 'Drops a random few of the tokens whose advantage and log-probability go together most, beside a plain ratio clip.',
  equation: String.raw`z_t\,\min\big(\rho\hat A,\ \mathrm{clip}(\rho)\hat A\big),\quad z_t=0\ \text{on}\ \lfloor rN\rfloor\ \text{random}\ t:\ \omega_{low}<(\hat A-\bar A)(\log\pi_\theta-\overline{\log\pi_\theta})<\omega_{high}`,
  terms: [{ symbol: 'z_t', doc: '0 on the tokens that are dropped', names: ['is_picked'], metric: 'picked_frac' }],
  hyper: {
    pick_share: {
      ...pick_share,
      symbol: 'r',
      source: '0.0002 in arXiv 2505.22617, for minibatches of a hundred thousand tokens',
    },
    covariance_low: {
      value: 0.5,
      min: 0.001,
      max: 100,
      scale: 'log',
      doc: 'tokens below this covariance ω_low are left alone',
      symbol: String.raw`\omega_{low}`,
      metric: 'covariance',
      source: '1 in the paper’s code',
    },
    covariance_high: {
      value: 8,
      min: 0.01,
      max: 1000,
      scale: 'log',
      doc: 'tokens above this covariance ω_high are left alone',
      symbol: String.raw`\omega_{high}`,
      metric: 'covariance',
      source: '5 in the paper’s code',
    },
    clip_low: {
      value: 0.2,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'how far below 1 the ratio may fall',
      source: '1 in the paper’s scripts, which never clips',
    },
    clip_high: {
      value: 0.2,
      min: 0,
      max: 10,
      scale: 'linear',
      doc: 'how far above 1 the ratio may rise',
      source: '1 in the paper’s scripts',
    },
  },
  slots: {
    stable_mask: {
      file: 'clip_cov',
      twin: (t, h) => {
        const ratio = Math.exp(t.logp - t.old_logp);
        const is_clipped = (t.advantage > 0 && ratio > 1 + h.clip_high) || (t.advantage < 0 && ratio < 1 - h.clip_low);
        return is_clipped || t.is_picked ? 0 : 1;
      },
    },
    importance_weight: oldRatio,
    objective: {
      file: 'clip_cov',
      twin: (t, h) => {
        if (t.is_picked) return 0;
        const ratio = Math.exp(t.logp - t.old_logp);
        const clipped = Math.min(Math.max(ratio, 1 - h.clip_low), 1 + h.clip_high);
        return Math.max(-t.advantage * ratio, -t.advantage * clipped);
      },
    },
    pick_key: {
      file: 'clip_cov',
      twin: (covariance, is_stable, bits, h) =>
        is_stable && covariance > h.covariance_low && covariance < h.covariance_high ? (bits | 1) >>> 0 : 0,
    },
  },
  ...picking('any token of the window'),
});

export default algorithm({
  ...grpo,
  id: 'clip_cov',
  title: 'Clip-Cov',
  summary:
    'Takes the gradient from a few random tokens that would sharpen the policy most, so that entropy falls more slowly.',
  paper: {
    title: 'The entropy mechanism of reinforcement learning for reasoning language models',
    arxiv: '2505.22617',
    equation: 'Clip-Cov',
  },
  stabiliser: clipCov,
  regulariser: noRegulariser,
  weighting: tokenMean,
  departures: [
    'A tenth of the tokens is dropped instead of two in ten thousand: a toy minibatch has tens of tokens, of which the paper’s share would be none.',
    'The window of covariances and the ratio clip are the toy’s, because log-probabilities over eight symbols spread less than over a vocabulary.',
    'All drawn groups are trained on, so that the entropy compares with GRPO’s step by step; the paper also leaves out groups that are all right or all wrong, which the source dynamic_sampling does.',
  ],
});
