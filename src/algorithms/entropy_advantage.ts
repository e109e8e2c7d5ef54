/** Entropy-shaped advantage (arXiv 2506.14758): uncertain tokens are reinforced a little more and punished a little less. */
import type { Knob } from '../engine/table.ts';
import { algorithm, part, type SlotFill } from './algorithm.ts';
import grpo, { groupStandardised } from './grpo.ts';
import { gae, tokenMean } from './ppo.ts';
import { noRegulariser } from './reinforce.ts';

const effective_advantage: SlotFill = {
  file: 'entropy_shaped',
  twin: (t, h) => t.advantage + Math.min(h.entropy_alpha * t.entropy, Math.abs(t.advantage) / h.entropy_kappa),
};

const entropy_alpha: Knob = {
  value: 0.4,
  min: 0.001,
  max: 10,
  scale: 'log',
  doc: 'weight α of the token’s entropy in its advantage',
  symbol: String.raw`\alpha`,
  metric: 'entropy',
  source: 'arXiv 2506.14758: 0.4 with GRPO, 0.1 with PPO',
};
const entropy_kappa: Knob = {
  value: 2,
  min: 1.1,
  max: 10,
  scale: 'linear',
  doc: 'the entropy adds at most |A| / κ; above 1, so that no advantage changes its sign',
  symbol: String.raw`\kappa`,
  metric: 'entropy',
  source: 'arXiv 2506.14758',
};

export const entropyShaped = part({
  ...groupStandardised,
  id: 'entropy_shaped',
  title: 'Group standardised, entropy-shaped',
  doc: 'The group’s standardised reward plus a bounded share of the token’s entropy, through which no gradient flows.',
  equation: String.raw`\hat A_i+\min\big(\alpha H_{i,t},\ |\hat A_i|/\kappa\big),\quad \hat A_i=\frac{R_i-\mu_g}{\sigma_g+\epsilon}`,
  hyper: { ...groupStandardised.hyper, entropy_alpha, entropy_kappa },
  slots: { ...groupStandardised.slots, effective_advantage },
});

export const entropyShapedGae = part({
  ...gae,
  id: 'entropy_shaped_gae',
  title: 'GAE, entropy-shaped',
  doc: 'The whitened advantage estimate plus a bounded share of the token’s entropy, through which no gradient flows.',
  equation: String.raw`\hat A_t+\min\big(\alpha H_t,\ |\hat A_t|/\kappa\big),\quad \hat A_t=\sum_k(\gamma\lambda)^k\delta_{t+k}`,
  hyper: { ...gae.hyper, entropy_alpha: { ...entropy_alpha, value: 0.1 }, entropy_kappa },
  slots: { ...gae.slots, effective_advantage },
});

export default algorithm({
  ...grpo,
  id: 'entropy_advantage',
  title: 'Entropy advantage',
  summary: 'Adds a bounded share of each token’s entropy to its advantage, so that uncertain steps are learned first.',
  paper: {
    title: 'Reasoning with exploration: an entropy perspective',
    arxiv: '2506.14758',
    equation: 'ψ(H), shaped advantage',
  },
  advantage: entropyShaped,
  regulariser: noRegulariser,
  weighting: tokenMean,
  defaults: { clip_high: 0.28, dual_clip: 10 },
  departures: [],
});
