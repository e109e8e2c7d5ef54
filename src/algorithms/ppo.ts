/** PPO (arXiv 1707.06347) with GAE (1506.02438), a clipped value loss and dual clip (1912.09729). */
import { log_ratio_limit, ratio_of } from '../../shaders/lib/token.ref.ts';
import { algorithm, part } from './algorithm.ts';
import { noCorrection, noRegulariser, onPolicy, plainLikelihood, verifier } from './reinforce.ts';

export const ppoClip = part({
  role: 'stabiliser',
  id: 'ppo_clip',
  title: 'PPO clip',
  doc: 'Drops a token once the policy has moved far enough in the advantage’s direction; weighs the others by π_θ / π_old.',
  equation: String.raw`\min\big(\rho\hat A,\ \mathrm{clip}(\rho,1-\epsilon_{low},1+\epsilon_{high})\hat A\big),\quad \ge c\hat A\ \text{if}\ \hat A<0`,
  hyper: {
    clip_low: {
      value: 0.2,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'how far below 1 the ratio may fall',
      symbol: String.raw`\epsilon_{low}`,
      metric: 'clip_frac',
      source: 'arXiv 1707.06347',
    },
    clip_high: {
      value: 0.2,
      min: 0,
      max: 10,
      scale: 'linear',
      doc: 'how far above 1 the ratio may rise',
      symbol: String.raw`\epsilon_{high}`,
      metric: 'clip_frac',
      source: 'arXiv 1707.06347',
    },
    dual_clip: {
      value: 3,
      min: 1,
      max: 1000,
      scale: 'log',
      doc: 'with a negative advantage, a ratio above this counts no more; 1000 is as good as off',
      symbol: 'c',
      metric: 'clip_frac_lower',
      source: 'verl; arXiv 1912.09729',
    },
  },
  slots: {
    stable_mask: {
      file: 'ppo_clip',
      twin: (t, h) => {
        const ratio = ratio_of(t);
        const too_high = t.advantage > 0 && ratio > 1 + h.clip_high;
        const too_low = t.advantage < 0 && (ratio < 1 - h.clip_low || ratio > h.dual_clip);
        return too_high || too_low ? 0 : 1;
      },
    },
    importance_weight: {
      file: 'old_policy',
      twin: (t) => (Math.abs(t.logp - t.old_logp) <= log_ratio_limit ? ratio_of(t) : 0),
    },
    objective: {
      file: 'ppo_clip',
      twin: (t, h) => {
        const ratio = ratio_of(t);
        const clipped = Math.min(Math.max(ratio, 1 - h.clip_low), 1 + h.clip_high);
        const worse = Math.max(-t.advantage * ratio, -t.advantage * clipped);
        return t.advantage < 0 ? Math.min(-t.advantage * h.dual_clip, worse) : worse;
      },
    },
  },
});

export const gae = part({
  role: 'advantage',
  id: 'gae',
  title: 'GAE',
  doc: 'Generalised advantage estimation with a learned value function, whitened over the batch.',
  equation: String.raw`\hat A_t=\sum_k(\gamma\lambda)^k\delta_{t+k},\quad \delta_t=r_t+\gamma V_{t+1}-V_t`,
  hyper: {
    discount: {
      value: 1,
      min: 0.5,
      max: 1,
      scale: 'log_one_minus',
      doc: 'how much a later reward counts, per token',
      symbol: String.raw`\gamma`,
      source: 'verl',
    },
    gae_lambda: {
      value: 1,
      min: 0,
      max: 1,
      scale: 'log_one_minus',
      doc: '1: plain returns less the value; 0: one-step differences',
      symbol: String.raw`\lambda`,
      metric: 'explained_variance',
      source: 'verl',
    },
    value_coef: { value: 0.5, min: 0, max: 4, scale: 'log_zero', doc: 'weight of the value loss' },
    value_clip: {
      value: 0.5,
      min: 0.01,
      max: 10,
      scale: 'log',
      doc: 'how far a value may move from the old one before its loss stops',
      source: 'verl',
    },
    kl_reward_coef: { value: 0, min: 0, max: 1, scale: 'log_zero', doc: 'KL charge inside the reward, per token' },
  },
  dispatches: {
    advantage: [
      { kernel: 'gae', over: ['replica', 'sequence'], note: 'generalised advantage estimation' },
      { kernel: 'whiten_advantage', over: ['replica', 64], note: 'mean 0, variance 1 over the batch' },
    ],
  },
  needs: ['value', 'token_reward', 'ref_logp'],
  is_per_token: true,
});

export const tokenMean = part({
  role: 'weighting',
  id: 'token_mean',
  title: 'Token mean',
  doc: 'Every token of the minibatch counts the same.',
  equation: String.raw`w_{i,t}=m_{i,t}/\textstyle\sum m`,
  hyper: {},
  slots: { token_weight: { file: 'token_mean', twin: (c) => 1 / Math.max(c.batch_tokens, 1) } },
});

export default algorithm({
  id: 'ppo',
  title: 'PPO',
  summary: 'Learns a critic for low-variance advantages and takes several clipped policy steps on each batch.',
  paper: {
    title: 'Proximal policy optimization algorithms',
    arxiv: '1707.06347',
    equation: 'Eq. 7 and 9',
    is_yardstick: true,
  },
  source: onPolicy,
  reward: verifier,
  advantage: gae,
  stabiliser: ppoClip,
  correction: noCorrection,
  likelihood: plainLikelihood,
  regulariser: noRegulariser,
  weighting: tokenMean,
  departures: [
    'Dual clip, the limit of ±20 on the log-ratio and whitened advantages are of public code; the paper has none of them.',
    'The KL charge inside the reward is off until its coefficient is raised, and the adaptive KL penalty of the paper is left out.',
  ],
});
