/** A close look at a group: what each token's coefficient was made of, by the twins of the parts, and the probabilities around it. */
import { AUTHOR } from '../../shaders/lib/author.ref.ts';
import { mask_bit } from '../../shaders/lib/mask.ref.ts';
import { logit_row_of } from '../../shaders/lib/rows.ref.ts';
import { softmax_of } from '../../shaders/lib/softmax.ref.ts';
import type { Counts, Token } from '../../shaders/lib/token.ref.ts';
import { DEFAULT_FILLS, fillOf, type Parts } from '../algorithms/algorithm.ts';
import type { Numbers } from '../engine/twin.ts';
import type { SampleClose, SampleGroup } from './protocol.ts';
import type { Run } from './run.ts';

/** Buffers that a close look reads beside those of a sample, where the program has them. */
export const CLOSE_BUFFERS = [
  'rollout_logits',
  'watch_logits_after',
  'params',
  'prompt_index',
  'prompt_order',
  'kept_group',
];

type Buffers = Record<string, Numbers>;
type Hyper = Record<string, number>;

/** Own tokens of a response, and whether a solver wrote it. */
const ownTokens = ({ token_mask }: Buffers, dims: Record<string, number>, s: number): number => {
  let count = 0;
  for (let t = 0; t < dims.position; t++) if (mask_bit(token_mask, s * dims.mask_word, t)) count++;
  return count;
};
const isDemonstrated = ({ recorded }: Buffers, dims: Record<string, number>, s: number): boolean =>
  recorded[s * dims.position_stride * 4 + 3] === AUTHOR.demonstration;

/** The responses, counted over all replicas, that were in the last minibatch with one of replica r. */
function companions(run: Run, buffers: Buffers, r: number, local: number): number[] {
  const { dims } = run.program;
  const { sequence, member, kept_prompt, mb_prompt, mb_member } = dims;
  const { prompt_order, kept_group } = buffers;
  const first = r * sequence;
  if (!prompt_order) {
    if (!kept_group) return Array.from({ length: sequence }, (_, s) => first + s);
    const groups = [...kept_group.subarray(r * kept_prompt, (r + 1) * kept_prompt)];
    return groups.flatMap((g) => Array.from({ length: member }, (_, m) => first + g * member + m));
  }
  const group_at = (place: number) => (kept_group ? kept_group[r * kept_prompt + place] : place);
  const order = [...prompt_order.subarray(r * kept_prompt, (r + 1) * kept_prompt)].map(group_at);
  const at = order.indexOf(Math.floor(local / member));
  if (at < 0) return []; // the source left the group out
  const share = Math.floor((local % member) / mb_member) * mb_member;
  const groups = order.slice(Math.floor(at / mb_prompt) * mb_prompt, (Math.floor(at / mb_prompt) + 1) * mb_prompt);
  return groups.flatMap((g) => Array.from({ length: mb_member }, (_, m) => first + g * member + share + m));
}

/** The factors of a token's coefficient. `coef` is what the kernel wrote; a factor that no twin can tell is found from it. */
function factorsOf(parts: Parts, t: Token, counts: Counts, h: Hyper, coef: number) {
  const twin = (slot: string) => fillOf(parts, slot).twin;
  const weigh = (is_picked: boolean) => {
    const seen = { ...t, is_picked };
    seen.advantage = twin('effective_advantage')(seen, h);
    return {
      weight: twin('token_weight')(counts, h) as number,
      mask: twin('stable_mask')(seen, h) as number,
      importance: twin('importance_weight')(seen, h) as number,
      correction: twin('sampler_weight')(seen, h) as number,
      advantage: seen.advantage,
      likelihood: twin('likelihood_gradient')(seen, h) as number,
      penalty: (h.kl_coef ?? 0) * (twin('regulariser_gradient')(seen, h) as number),
    };
  };
  const productOf = (f: ReturnType<typeof weigh>) =>
    f.weight * (f.mask * f.importance * f.correction * f.advantage * f.likelihood - f.penalty);
  const fits = (f: ReturnType<typeof weigh>) => Math.abs(productOf(f) - coef) <= 1e-6 + 2e-3 * Math.abs(coef);
  const plain = weigh(false);
  if (fits(plain)) return { factors: plain, is_picked: false };
  const picked = weigh(true);
  if (fits(picked)) return { factors: picked, is_picked: true };
  // What a part worked out for itself is in no buffer any more; the coefficient still tells it.
  const own = parts.likelihood.slots?.effective_advantage
    ? 'advantage'
    : fillOf(parts, 'sampler_weight').file === DEFAULT_FILLS.sampler_weight.file
      ? 'likelihood'
      : 'correction';
  const rest = productOf({ ...plain, penalty: 0, [own]: 1 });
  plain[own] = rest === 0 ? Number.NaN : (coef + plain.weight * plain.penalty) / rest;
  return { factors: plain, is_picked: false };
}

/** Probabilities of every symbol from a row of logits. */
function probabilities(logits: Numbers, row: number, vocab: number, temperature: number): number[] {
  const { largest, log_sum } = softmax_of(logits, row, vocab, temperature);
  return Array.from({ length: vocab }, (_, v) => Math.exp((logits[row + v] - largest) / temperature - log_sum));
}

/** Adds the close look to a group that has just been read, from the same reading; `b` is its place in the rollout. */
export function closely(run: Run, group: SampleGroup, b: number, buffers: Buffers): SampleGroup {
  const { program, policy, instance, parts } = run;
  const { dims } = program;
  const { member, prompt: num_prompts, sequence, position, position_stride, context, vocab } = dims;
  const { logit_column, prompt_position, rollout_logit_row, advantage_stride } = dims;
  const h = run.hyperOf(group.replica);
  const r = group.replica;
  const { recorded, token_stat, tokens, advantage, rollout_logits, watch_logits_after, params, prompt_index } = buffers;
  const size = { member, prompt: num_prompts, position };
  group.responses.forEach((response, m) => {
    const local = b * member + m;
    const s = r * sequence + local;
    const is_demonstration = isDemonstrated(buffers, dims, s);
    const others = companions(run, buffers, r, local);
    const own = others.map((i) => ownTokens(buffers, dims, i));
    const counts: Counts = {
      sequence_tokens: ownTokens(buffers, dims, s),
      batch_tokens: own.reduce((a, b) => a + b, 0),
      batch_sequences: own.filter((count) => count > 0).length,
      demonstration_tokens: own.reduce((a, b, i) => a + (isDemonstrated(buffers, dims, others[i]) ? b : 0), 0),
      is_demonstration,
    };
    const place = (t: number) => s * position_stride + t;
    const mine = response.tokens.flatMap((token, t) => (token.mask > 0 ? [t] : []));
    const sum = (of: (t: number) => number) => (is_demonstration ? 0 : mine.reduce((a, t) => a + of(t), 0));
    const sequence_log_ratio = sum((t) => -token_stat[place(t) * 8 + 3]);
    const sampler_log_ratio = sum((t) => recorded[place(t) * 4 + 1] - recorded[place(t) * 4]);
    response.tokens.forEach((token, t) => {
      if (token.mask === 0) return;
      const at = place(t);
      const log_ratio = -token_stat[at * 8 + 3];
      const old_logp = recorded[at * 4 + 1];
      const close: SampleClose = {
        old_logp,
        now_logp: is_demonstration ? Number.NaN : old_logp + log_ratio,
        is_clipped_lower: token_stat[at * 8 + 6] > 0,
        ...factorsOf(
          parts,
          {
            logp: old_logp + log_ratio,
            old_logp,
            sampler_logp: recorded[at * 4],
            ref_logp: recorded[at * 4 + 2],
            advantage: advantage[advantage_stride > 1 ? at : s],
            sequence_log_ratio,
            sequence_tokens: counts.sequence_tokens,
            entropy: token.entropy,
            is_demonstration,
            is_picked: false,
            sampler_log_ratio,
            signal: Number.NaN,
            mean_weight: 1,
          },
          counts,
          h,
          token.coef,
        ),
      };
      const row = (r * rollout_logit_row + logit_row_of(size, local, t)) * logit_column;
      const { temperature } = h;
      const previous = tokens[s * context + prompt_position + t - 1];
      if (rollout_logits && !is_demonstration) close.before = probabilities(rollout_logits, row, vocab, temperature);
      if (watch_logits_after) close.after = probabilities(watch_logits_after, row, vocab, temperature);
      else if (policy.row_of) {
        const asked = prompt_index[r * num_prompts + b];
        const from = r * policy.num_parameters + policy.row_of(asked, t, previous);
        close.after = probabilities(params, from, vocab, temperature);
      }
      token.close = close;
    });
  });
  const symbols = Array.from({ length: vocab }, (_, v) => instance.symbols[v] ?? String(v));
  return { ...group, symbols, hyper: { ...h } };
}
