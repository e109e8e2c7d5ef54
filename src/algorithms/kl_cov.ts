/** KL-Cov (arXiv 2505.22617): the tokens with the highest covariance are held where the update began. */
import { algorithm, part } from './algorithm.ts';
import { oldRatio, pick_share, picking } from './clip_cov.ts';
import grpo from './grpo.ts';
import { tokenMean } from './ppo.ts';
import { noMask } from './reinforce.ts';

export const unclippedRatio = part({
  role: 'stabiliser',
  id: 'old_ratio',
  title: 'Unclipped ratio',
  doc: 'Weighs every token by π_θ / π_old, however far the policy has moved.',
  equation: String.raw`\rho\hat A,\quad \rho=\pi_\theta/\pi_{old}`,
  hyper: {},
  slots: {
    stable_mask: noMask.slots!.stable_mask,
    importance_weight: oldRatio,
    objective: { file: 'old_ratio', twin: (t) => -t.advantage * Math.exp(t.logp - t.old_logp) },
  },
});

const image = new DataView(new ArrayBuffer(4));

/** A whole number that grows with the float: its bits, in an order that whole numbers share. */
function monotone(x: number): number {
  image.setFloat32(0, x === 0 ? 0 : x);
  const bits = image.getUint32(0);
  return Math.max(bits >>> 31 === 1 ? ~bits >>> 0 : (bits | 0x80000000) >>> 0, 1);
}

export const klCov = part({
  role: 'regulariser',
  id: 'kl_cov',
  title: 'KL-Cov',
  doc: 'Holds the tokens whose advantage and log-probability go together most near where they were at the start of the update.',
  equation: String.raw`\beta\,|\log\pi_\theta-\log\pi_{old}|\ \text{on the}\ \lfloor kN\rfloor\ \text{largest}\ (\hat A-\bar A)(\log\pi_\theta-\overline{\log\pi_\theta})`,
  hyper: {
    pick_share: {
      ...pick_share,
      value: 0.2,
      symbol: 'k',
      source: '0.002 (7B) and 0.0002 (32B) in arXiv 2505.22617, for minibatches of a hundred thousand tokens',
    },
    kl_coef: {
      value: 1,
      min: 0,
      max: 10,
      scale: 'log_zero',
      doc: 'weight β of the charge on the singled-out tokens',
      symbol: String.raw`\beta`,
      metric: 'approx_kl',
      source: '1 in the paper’s scripts, 0.1 in verl',
    },
  },
  slots: {
    regulariser_value: { file: 'kl_cov', twin: (t) => (t.is_picked ? Math.abs(t.logp - t.old_logp) : 0) },
    regulariser_gradient: { file: 'kl_cov', twin: (t) => (t.is_picked ? Math.sign(t.logp - t.old_logp) : 0) },
    pick_key: { file: 'kl_cov', twin: (covariance) => monotone(covariance) },
  },
  ...picking('by covariance'),
});

export default algorithm({
  ...grpo,
  id: 'kl_cov',
  title: 'KL-Cov',
  summary:
    'Charges the tokens that would sharpen the policy most for every move of their log-probability; nothing is clipped.',
  paper: {
    title: 'The entropy mechanism of reinforcement learning for reasoning language models',
    arxiv: '2505.22617',
    equation: 'KL-Cov',
  },
  stabiliser: unclippedRatio,
  regulariser: klCov,
  weighting: tokenMean,
  departures: [
    'A fifth of the tokens is charged instead of two in a thousand: a toy minibatch has tens of tokens, of which the paper’s share would be none.',
    'The charge is the absolute log-ratio of the drawn token, as in the public code; the text writes a KL divergence.',
    'All drawn groups are trained on, so that the entropy compares with GRPO’s step by step; the paper also leaves out groups that are all right or all wrong, which the source dynamic_sampling does.',
  ],
});
