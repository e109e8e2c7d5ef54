/** FlowRL (arXiv 2509.15207): fits the policy to a distribution over answers instead of maximising their reward. */
import { sequence_ratio_of, type Token } from '../../shaders/lib/token.ref.ts';
import { algorithm, part } from './algorithm.ts';
import grpo from './grpo.ts';
import { noRegulariser } from './reinforce.ts';

const sequenceWeight = (t: Token, h: Record<string, number>): number =>
  Math.min(Math.max(sequence_ratio_of(t), h.weight_min), h.weight_max);

export const sequenceWeightCap = part({
  role: 'stabiliser',
  id: 'sequence_weight_cap',
  title: 'Capped sequence weight',
  doc: 'Every response counts by the ratio of its whole likelihood, held between two bounds; the ratio is no part of the gradient.',
  equation: String.raw`w_i=\mathrm{clamp}\Big(\prod_t\frac{\pi_\theta}{\pi_{old}},\,w_{min},\,w_{max}\Big)`,
  hyper: {
    weight_max: {
      value: 10,
      min: 1,
      max: 1000,
      scale: 'log',
      doc: 'a response counts at most this much',
      symbol: 'w_{max}',
      metric: 'approx_kl',
      source: '10 in verl’s recipe, 1.2 in arXiv 2509.15207',
    },
    weight_min: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'a response counts at least this much',
      symbol: 'w_{min}',
      metric: 'approx_kl',
      source: '0 in verl’s recipe, 0.8 in arXiv 2509.15207',
    },
  },
  slots: {
    stable_mask: { file: 'none', twin: () => 1 },
    importance_weight: { file: 'sequence_weight', twin: sequenceWeight },
    objective: { file: 'sequence_weight', twin: (t: Token, h) => -t.advantage * sequenceWeight(t, h) },
  },
});

export const trajectoryBalance = part({
  role: 'likelihood',
  id: 'trajectory_balance',
  title: 'Trajectory balance',
  doc: 'The squared difference between a response’s log-likelihood and its reward, up to a constant of the prompt that is learned.',
  equation: String.raw`w_i\delta_i^2,\quad \delta_i=\log Z(x)+\tfrac1{|y_i|}\log\tfrac{\pi_\theta(y_i)}{\pi_{ref}(y_i)}-\beta\hat r_i`,
  hyper: {
    flow_beta: {
      value: 1,
      min: 0.1,
      max: 30,
      scale: 'log',
      doc: 'how sharply reward raises likelihood; the exponent grows with the length of a response',
      symbol: String.raw`\beta`,
      metric: 'log_z',
      source: '15 in verl’s recipe, for answers of thousands of tokens',
    },
  },
  slots: {
    effective_advantage: { file: 'residual', twin: (t: Token) => -2 * t.signal },
    likelihood_gradient: { file: 'plain', twin: () => 1 },
    likelihood_objective: {
      file: 'squared_residual',
      twin: (t: Token, stabilised: number) => 0.5 * t.signal * stabilised,
    },
  },
  dispatches: {
    update: [{ kernel: 'flow_residual', over: ['replica', 64], note: 'residual of every response' }],
    backward: [{ kernel: 'log_z_gradient', over: ['replica', 'prompt'], note: 'gradient of log Z' }],
  },
  needs: ['log_z', 'ref_logp_always'],
  metrics: ['log_z'],
  refuses: (parts) => {
    if (parts.advantage.needs?.includes('value'))
      return `The likelihood 'trajectory_balance' keeps log Z where the advantage '${parts.advantage.id}' keeps its value prediction. Choose another advantage.`;
    if (parts.stabiliser.slots?.stable_mask?.file !== 'none')
      return `The likelihood 'trajectory_balance' fits policy and log Z to one residual, and the stabiliser '${parts.stabiliser.id}' would clip only the policy’s side of it. Choose 'sequence_weight_cap'.`;
    if (parts.regulariser.slots?.regulariser_gradient?.file !== 'none')
      return `The likelihood 'trajectory_balance' has the start policy inside its residual; the regulariser '${parts.regulariser.id}' would also move log Z. Choose 'none'.`;
    return undefined;
  },
});

export default algorithm({
  ...grpo,
  id: 'flowrl',
  title: 'FlowRL',
  summary:
    'Fits the policy to a distribution that gives every answer a likelihood by its reward, so that all good answers keep theirs.',
  paper: {
    title: 'FlowRL: matching reward distributions for LLM reasoning',
    arxiv: '2509.15207',
    equation: 'trajectory balance',
  },
  stabiliser: sequenceWeightCap,
  likelihood: trajectoryBalance,
  regulariser: noRegulariser,
  departures: [
    'log Z is one more column of the logits behind the prompt instead of a network of three layers, and has the policy’s learning rate.',
    'β is 1 instead of 15: in the distribution that is matched the exponent is β times the length, and 15 would leave only the best answers even of four symbols.',
    'The importance weight is held between 0 and 10, as in the recipe, instead of within the paper’s clip around 1.',
  ],
});
