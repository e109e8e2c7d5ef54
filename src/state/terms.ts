/** The symbols of the equations, bound to settings, metrics and names in the code; loaded with the card that shows them. */
import type { Part, Role, Term } from '../algorithms/algorithm.ts';
import type { KnobTable } from '../engine/table.ts';
import { COMMON_HYPER } from '../trainer/settings.ts';

/** Where an equation stands: with the part of a role, or where all parts meet. */
export type TermPlace = Role | 'shared';

/** What a part's equation may name without declaring it: what every paper of the field means by it. */
const SHARED_TERMS: readonly Term[] = [
  {
    symbol: String.raw`\pi_\theta`,
    doc: 'the policy that is trained',
    names: ['logp', 'logits', 'p'],
    metric: 'entropy',
  },
  {
    symbol: String.raw`\pi_{old}`,
    doc: 'the policy at the start of the update phase',
    names: [
      'old_logp',
      'ratio_of',
      'sequence_ratio_of',
      'sequence_log_ratio',
      'mean_sequence_ratio_of',
      'sampler_log_ratio',
    ],
    metric: 'approx_kl',
  },
  {
    symbol: String.raw`\pi_{ref}`,
    doc: 'the frozen start policy',
    names: ['ref_logp', 'mean.z'],
    metric: 'kl_ref',
  },
  {
    symbol: String.raw`\pi_{sampler}`,
    doc: 'the policy that drew the sample',
    names: ['sampler_logp', 'sampler_log_ratio', 'sampler_weight'],
    metric: 'weight_mean',
  },
  {
    symbol: String.raw`\rho`,
    doc: 'probability under the trained policy over that under the old one',
    names: ['ratio', 'ratio_of', 'sequence_ratio_of', 'importance_weight'],
    metric: 'approx_kl',
  },
  { symbol: String.raw`\hat A`, doc: 'advantage', names: ['advantage', 'token_advantage'] },
  {
    symbol: String.raw`\bar A`,
    doc: 'mean advantage over the tokens',
    names: ['mean_advantage', 'mean'],
  },
  {
    symbol: String.raw`\mathrm{clip}`,
    doc: 'the ratio held inside its range',
    names: ['clipped', 'clip_low', 'clip_high'],
    metric: 'clip_frac',
  },
  {
    symbol: String.raw`\mathrm{clamp}`,
    doc: 'the weight held between two bounds',
    names: ['clamp', 'weight_min', 'weight_max'],
    metric: 'approx_kl',
  },
  {
    symbol: 'R',
    doc: 'reward of a response',
    names: ['reward', 'rewards', 'true_rewards', 'score_of'],
    metric: 'reward_mean',
  },
  { symbol: String.raw`\mu_g`, doc: 'mean reward of the group', names: ['mean'], metric: 'reward_mean' },
  {
    symbol: String.raw`\sigma_g`,
    doc: 'standard deviation of the group’s rewards',
    names: ['std_dev'],
    metric: 'frac_reward_zero_std',
  },
  { symbol: 'G', doc: 'responses per prompt', names: ['member', 'members', 'count'], knob: 'group_size' },
  { symbol: 'H', doc: 'entropy of the next-token distribution', names: ['entropy'], metric: 'entropy' },
  {
    symbol: '|y_i|',
    doc: 'length of the response',
    names: ['sequence_tokens', 'length', 'tokens', 'sums'],
    metric: 'response_length',
  },
  { symbol: 'm_{i,t}', doc: '1 on the policy’s own tokens', names: ['token_mask', 'token_weight', 'mask_bit'] },
  { symbol: 'w_{i,t}', doc: 'weight of a token in the loss', names: ['token_weight', 'sampler_weight', 'weight'] },
  { symbol: 'S', doc: 'responses in the minibatch', names: ['batch_sequences'] },
  { symbol: 'k_1', doc: 'estimate of the KL divergence', names: ['regulariser_value'], metric: 'kl_ref' },
  { symbol: 'k_2', doc: 'estimate of the KL divergence', names: ['regulariser_value'], metric: 'kl_ref' },
  { symbol: 'k_3', doc: 'estimate of the KL divergence', names: ['regulariser_value'], metric: 'kl_ref' },
  { symbol: 'V', doc: 'predicted value', names: ['values', 'next_value'], metric: 'explained_variance' },
  { symbol: 'r_t', doc: 'reward of a token', names: ['token_rewards'], metric: 'reward_mean' },
  { symbol: 'r_{i,k}', doc: 'reward of a token', names: ['token_rewards'], metric: 'reward_mean' },
  { symbol: 'r_q', doc: 'success rate of the prompt', names: ['signal', 'mean'], metric: 'reward_mean' },
  { symbol: 'Q_{i,t}', doc: 'discounted return', names: ['next_return', 'raw_advantage', 'rawAdvantage'] },
  {
    symbol: String.raw`\mu_{on}`,
    doc: 'mean reward of the policy’s own responses',
    names: ['mean'],
    metric: 'reward_mean',
  },
  {
    symbol: String.raw`\sigma_{on}`,
    doc: 'standard deviation of their rewards',
    names: ['std_dev'],
    metric: 'frac_reward_zero_std',
  },
  { symbol: String.raw`\log Z(x)`, doc: 'learned log-partition function', names: ['log_z'], metric: 'log_z' },
  { symbol: String.raw`\hat y`, doc: 'the voted answer', names: ['winner', 'label'], metric: 'label_accuracy' },
  { symbol: 'a_i', doc: 'what a response answers', names: ['answers'], metric: 'agreement' },
  { symbol: 'a_{j,i}', doc: 'what a response answers', names: ['answers'], metric: 'agreement' },
  {
    symbol: 's_i',
    doc: 'mean ratio of the response',
    names: ['mean_sequence_ratio_of', 'mean_log_ratio'],
    metric: 'approx_kl',
  },
  { symbol: 'L_{max}', doc: 'longest response', names: ['position'], metric: 'response_length' },
  {
    symbol: String.raw`\mathcal D`,
    doc: 'the task’s demonstrations',
    names: ['demonstration_table', 'is_demonstration', 'random_bits'],
  },
];

/** The symbols of the two equations in which all parts meet. */
const MEETING_TERMS: readonly Term[] = [
  { symbol: 'w_{i,t}', doc: 'weight of a token in the loss', names: ['token_weight', 'weight'] },
  {
    symbol: String.raw`\mathbf 1_{i,t}`,
    doc: '0 where the stabiliser drops a token',
    names: ['stable_mask', 'mask'],
    metric: 'clip_frac',
  },
  {
    symbol: String.raw`\rho_{i,t}`,
    doc: 'importance weight against the denominator policy',
    names: ['importance_weight', 'importance'],
    metric: 'approx_kl',
  },
  {
    symbol: 's_{i,t}',
    doc: 'weight against the policy that drew the sample',
    names: ['sampler_weight', 'correction'],
    metric: 'weight_mean',
  },
  { symbol: String.raw`\hat A_{i,t}`, doc: 'advantage as the update sees it', names: ['effective_advantage', 'a'] },
  { symbol: String.raw`\ell_{i,t}`, doc: 'how the likelihood enters', names: ['likelihood_gradient'] },
  { symbol: `k'_{i,t}`, doc: 'slope of the regulariser', names: ['regulariser_gradient'], metric: 'kl_ref' },
  { symbol: 'c_{i,t}', doc: 'coefficient of ∇ log π', names: ['coef'] },
  { symbol: String.raw`\mathrm{AdamW}`, doc: 'the optimiser', names: ['moment1', 'moment2'], metric: 'grad_norm' },
  { symbol: String.raw`\nabla H_{i,t}`, doc: 'slope of the entropy', names: ['entropy_coef'], metric: 'entropy' },
  {
    symbol: String.raw`\pi_\theta(y_{i,t})`,
    doc: 'probability of the drawn symbol',
    names: ['logp', 'd_logp'],
    metric: 'entropy',
  },
  { symbol: 'z_\\theta', doc: 'logits', names: ['logits'] },
];

const knobTerms = (table: KnobTable): Term[] =>
  Object.entries(table).flatMap(([name, { symbol, doc, metric }]) =>
    symbol === undefined ? [] : [{ symbol, doc, names: [name], knob: name, metric }],
  );

const KL_COEF: Term = {
  symbol: String.raw`\beta`,
  doc: 'weight of the regulariser',
  names: ['kl_coef'],
  knob: 'kl_coef',
  metric: 'kl_ref',
};

/** What the symbols of a part's equation may be: its own first, then its knobs, then those that all parts share. */
export const partTerms = (part: Part): Term[] => [...(part.terms ?? []), ...knobTerms(part.hyper), ...SHARED_TERMS];

/** The same of the equations in which all parts meet. */
export const meetingTerms: readonly Term[] = [...knobTerms(COMMON_HYPER), KL_COEF, ...MEETING_TERMS];

const TEXT_COMMANDS = new Set(['\\text', '\\mathrm', '\\mathcal', '\\mathbf']);
/** Commands, escaped signs and single signs, each with the white space behind it. */
const tokensOf = (tex: string): string[] => tex.match(/(?:\\[a-zA-Z]+|\\.|[^\s\\])\s*/g) ?? [];
const sign = (token: string | undefined): string => (token ?? '').trim();

/** Where the group that begins at a token ends: one token, or braces and what is between them. */
function endOfGroup(tokens: readonly string[], from: number): number {
  if (sign(tokens[from]) !== '{') return from + 1;
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    if (sign(tokens[at]) === '{') depth++;
    if (sign(tokens[at]) === '}' && --depth === 0) return at + 1;
  }
  return tokens.length;
}

const isIndex = (token: string | undefined): boolean => sign(token) === '_' || sign(token) === '^';

/** LaTeX in which every symbol of `terms` carries its place in them as `data-term`, and which of them were found. */
export function markTerms(tex: string, terms: readonly Term[]): { marked: string; found: Term[] } {
  const tokens = tokensOf(tex);
  const known = terms
    .map((term, index) => ({ index, signs: tokensOf(term.symbol).map(sign) }))
    .sort((a, b) => b.signs.length - a.signs.length || a.index - b.index);
  const found = new Set<number>();
  let marked = '';
  for (let at = 0; at < tokens.length; ) {
    const match = known.find(({ signs }) => signs.every((one, k) => sign(tokens[at + k]) === one));
    let end = at + (match?.signs.length ?? 1);
    if (match) {
      while (isIndex(tokens[end])) end = endOfGroup(tokens, end + 1);
      found.add(match.index);
      marked += `{\\htmlData{term=${match.index}}{${tokens.slice(at, end).join('')}}}`;
    } else {
      // what is spelt out holds no symbols, and an index without braces could not take a group
      const is_spelt = TEXT_COMMANDS.has(sign(tokens[at]));
      const is_bare = isIndex(tokens[at]) && sign(tokens[at + 1]) !== '{';
      if (is_spelt || is_bare) end = endOfGroup(tokens, at + 1);
      marked += tokens.slice(at, end).join('');
    }
    at = end;
  }
  return { marked, found: [...found].sort((a, b) => a - b).map((index) => terms[index]) };
}

/** Those of `terms` that stand in an equation. */
export const foundTerms = (tex: string, terms: readonly Term[]): Term[] => markTerms(tex, terms).found;
