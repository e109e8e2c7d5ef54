/** Truncated importance sampling (arXiv 2509.23866): what another policy sampled counts by the ratio of the two. */
import { log_ratio_limit, type Token } from '../../shaders/lib/token.ref.ts';
import type { Dispatch } from '../engine/program.ts';
import type { KnobTable } from '../engine/table.ts';
import { algorithm, part, type SlotFill } from './algorithm.ts';
import grpo from './grpo.ts';

/** π_old / π_sampler from its logarithm. */
const weightOf = (log_weight: number): number =>
  Math.exp(Math.min(Math.max(log_weight, -log_ratio_limit), log_ratio_limit));

const hyper: KnobTable = {
  weight_cap: {
    value: 2,
    min: 1,
    max: 10,
    scale: 'log',
    doc: 'a sampler weight counts at most this much',
    symbol: 'C',
    metric: 'weight_high',
    source: '2 in verl, 1 in the code of arXiv 2509.23866',
  },
  normalise_weights: {
    value: 0,
    min: 0,
    max: 1,
    scale: 'choice',
    choices: ['off', 'on'],
    doc: 'divide the weights by their mean over the minibatch',
    source: 'verl: off',
  },
};

const statistics: Dispatch = { kernel: 'correction_statistics', over: ['replica', 64], note: 'the sampler’s weights' };

const ofToken: Record<string, SlotFill> = {
  sampler_log_weight: { file: 'token', twin: (t: Token) => t.old_logp - t.sampler_logp },
  sampler_share: { file: 'token', twin: () => 1 },
};

export const tisToken = part({
  role: 'correction',
  id: 'tis_token',
  title: 'Truncated, by token',
  doc: 'Every token counts by how much likelier the trained policy finds it than its sampler did, up to a cap.',
  equation: String.raw`w_{i,t}=\min\Big(\frac{\pi_{old}(y_t)}{\pi_{sampler}(y_t)},C\Big)`,
  hyper,
  slots: {
    ...ofToken,
    sampler_weight: {
      file: 'tis_token',
      twin: (t: Token, h) => Math.min(weightOf(t.old_logp - t.sampler_logp), h.weight_cap) / t.mean_weight,
    },
  },
  dispatches: { update: [statistics] },
  metrics: ['weight_mean'],
});

export const tisSequence = part({
  role: 'correction',
  id: 'tis_sequence',
  title: 'Truncated, by response',
  doc: 'Every response counts by how much likelier the trained policy finds the whole of it, up to a cap.',
  equation: String.raw`w_i=\min\Big(\prod_t\frac{\pi_{old}(y_t)}{\pi_{sampler}(y_t)},C\Big)`,
  hyper,
  slots: {
    sampler_log_weight: { file: 'sequence', twin: (t: Token) => t.sampler_log_ratio },
    sampler_share: { file: 'sequence', twin: (t: Token) => 1 / Math.max(t.sequence_tokens, 1) },
    sampler_weight: {
      file: 'tis_sequence',
      twin: (t: Token, h) => Math.min(weightOf(t.sampler_log_ratio), h.weight_cap) / t.mean_weight,
    },
  },
  dispatches: { update: [statistics] },
  metrics: ['weight_mean'],
});

export const icepop = part({
  role: 'correction',
  id: 'icepop',
  title: 'IcePop',
  doc: 'A token whose two probabilities are too far apart, on either side, does not count at all.',
  equation: String.raw`w_{i,t}=k\ \text{if}\ \alpha\le k=\frac{\pi_{old}(y_t)}{\pi_{sampler}(y_t)}\le\beta,\ \text{else}\ 0`,
  terms: [{ symbol: 'k', doc: 'the ratio of the two policies', names: ['weight'], metric: 'weight_mean' }],
  hyper: {
    ...hyper,
    weight_cap: { ...hyper.weight_cap, symbol: String.raw`\beta` },
    weight_low: {
      value: 0.5,
      min: 0.01,
      max: 1,
      scale: 'log',
      doc: 'a sampler weight below this counts nothing',
      symbol: String.raw`\alpha`,
      metric: 'weight_low',
      source: 'arXiv 2510.18855',
    },
  },
  slots: {
    ...ofToken,
    sampler_weight: {
      file: 'icepop',
      twin: (t: Token, h) => {
        const weight = weightOf(t.old_logp - t.sampler_logp);
        return (weight >= h.weight_low && weight <= h.weight_cap ? weight : 0) / t.mean_weight;
      },
    },
  },
  dispatches: { update: [statistics] },
  metrics: ['weight_mean'],
});

export const samplerRatio = part({
  role: 'correction',
  id: 'sampler_ratio',
  title: 'Ratio to the sampler',
  doc: 'The ratio’s denominator is the policy that drew the sample, and the clip is around it: PPO as if nothing were stale.',
  equation: String.raw`\rho=\frac{\pi_\theta}{\pi_{sampler}}`,
  hyper: {},
  needs: ['sampler_as_old'],
});

export default algorithm({
  ...grpo,
  id: 'tis',
  title: 'TIS',
  summary:
    'Multiplies the loss of a sample that older weights drew by the truncated ratio of the two policies, so that staleness does not mislead.',
  paper: {
    title: 'Efficient multi-turn RL for GUI agents via decoupled training and adaptive data curation',
    arxiv: '2509.23866',
    equation: 'Sec. 3 (distribution alignment)',
  },
  correction: tisToken,
  batch: { staleness: 4 },
  departures: [
    'The sampler differs from the trained policy by a fixed lag of steps; there it differs by another numerical engine and by asynchronous updates.',
    'The weight is cut at 2 instead of 1, the clip is 0.2 on both sides instead of 0.1 and 0.28, the dual clip is 3 instead of 10, and the KL term is off instead of at 0.1.',
  ],
});
