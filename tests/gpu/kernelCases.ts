/** Hand-made dispatches of every kernel, on awkward sizes, with garbage where nobody may look. */
import { no_answer } from '../../shaders/lib/answer.ref.ts';
import { ROLES } from '../../src/algorithms/algorithm.ts';
import { partsOf } from '../../src/algorithms/index.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import type { BufferSpec, Dispatch, Program } from '../../src/engine/program.ts';
import { PURPOSE, randomBits, randomNormal, randomUniform } from '../../src/engine/random.ts';
import { METRIC_COLUMNS } from '../../src/trainer/metrics.ts';
import { COMMON_HYPER } from '../../src/trainer/settings.ts';
import { backwardProducts, forwardProducts } from './productCases.ts';

/** Sizes and offsets by name; the names that kernels use. */
export type Dims = Record<string, number>;

/** One dispatch with contents for its inputs, where the usual ones by binding name do not fit. */
export interface Case {
  size?: Dims;
  at?: Dims;
  slots?: Record<string, string>;
  over: Dispatch['over'];
  data?: Record<string, (i: number) => number>;
}

const ceil = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Sizes that follow from a batch; `spare` more groups lie in the rollout than the minibatch takes. */
function layout(
  replica: number,
  prompt: number,
  member: number,
  prompt_position: number,
  position: number,
  vocab: number,
  spare = 0,
): Dims {
  const [width, head, hidden, layer] = [16, 2, 64, 2];
  const sequence = prompt * member;
  const logit_row = prompt + sequence * (position - 1);
  const row = prompt * prompt_position + sequence * (position - 1);
  const key = prompt_position + position - 1;
  const context = prompt_position + position;
  // without spare columns there is no room for a value
  const logit_column = ceil(vocab, 8);
  const prompt_count = 7;
  const table = { entry: prompt_count * position * vocab };
  return {
    ...table,
    ...{
      replica,
      prompt,
      member,
      prompt_position,
      position,
      vocab,
      sequence,
      logit_row,
      row,
      key,
      context,
      logit_column,
    },
    ...{
      width,
      head,
      hidden,
      layer,
      prompt_count,
      train_count: 5,
      first_prompt: 2,
      variant: 3,
      table_row: position + 1,
    },
    ...{
      group: prompt + spare,
      total_member: member,
      total_sequence: (prompt + spare) * member,
      group_end: prompt + spare + 1,
    },
    ...{
      position_stride: ceil(position, 4),
      mask_word: Math.ceil(position / 32),
      advantage_stride: 1,
      metric: METRIC_COLUMNS,
      token_advantage_stride: ceil(position, 4),
      staleness: 3,
      param: 1024,
      num_correct: 6,
      minibatch: 3,
    },
    ...{
      split: 1,
      param_stride: 1024,
      param_chunk: 16,
      qkv_stride: layer * row * 3 * width,
      mixed_stride: row * width,
    },
    ...{ prob_stride: layer * row * head * key, hidden_stride: layer * row * hidden, values: row * width },
    ...{ mb_prompt: 1, mb_member: member, mb_sequence: member, modulus: vocab, end_symbol: 0 },
  };
}

/** The batches: one of everything, primes with padding and replicas, 63, 64 and 65 responses. */
export const LAYOUTS: Record<string, Dims> = {
  'one of everything': layout(1, 1, 1, 1, 1, 3),
  'primes, three replicas': layout(3, 3, 5, 2, 7, 11, 2),
  '63 responses, two mask words': layout(1, 9, 7, 1, 33, 5),
  '64 responses, two replicas': layout(2, 8, 8, 3, 4, 8),
  '65 responses': layout(1, 13, 5, 3, 5, 13, 1),
};

/** Every hyperparameter that any part, the optimiser or the builder knows. */
export const HYPER: Record<string, number> = {
  ...Object.fromEntries(
    [...ROLES.flatMap((role) => partsOf(role).map((p) => p.hyper)), COMMON_HYPER].flatMap((table) =>
      Object.entries(table).map(([name, knob]) => [name, knob.value]),
    ),
  ),
  ...{
    kl_coef: 0.1,
    entropy_coef: 0.01,
    std_is_population: 0,
    whiten_is_population: 0,
    solved_reward: 0.5,
    kl_reward_coef: 0.2,
    discount: 0.9,
    gae_lambda: 0.8,
  },
  ...{ temperature: 0.7, max_grad_norm: 1.5, weight_decay: 0.01, arm_gap: 0.5, gate: 2 },
  ...{ false_negative: 0.2, false_positive: 0.3, form_false_negative: 0.5, exploit_rate: 0.6 },
};
const hyper = Object.keys(HYPER);

const SWITCHES = [
  ...['std_is_population', 'whiten_is_population', 'lone_response'],
  ...['normalise_weights', 'nft_ratio', 'shaping', 'vote_weight', 'debias'],
];

/** Replica r has its own values, so that a kernel that reads another's row shows. */
function hyperValue(i: number): number {
  const r = Math.floor(i / hyper.length);
  const name = hyper[i % hyper.length];
  if (name === 'baseline' || name === 'nft_normalise') return r % 3;
  if (SWITCHES.includes(name)) return r % 2;
  return HYPER[name] / (1 + r / 16);
}

const below = (n: number, i: number, salt = 0): number => randomBits(1, salt, 9, i, 0) % n;
const normal = (i: number, salt = 0): number => randomNormal(2 + salt, 9, i);
const uniform = (i: number, salt = 0): number => randomUniform(3 + salt, 0, 9, i, 0);
/** What stands where nobody may look. */
const GARBAGE = 1e30;

/** One word of a sequence's mask: nothing in every fourth sequence, everything in the next, holes in the others. */
function maskWord(d: Dims, i: number): number {
  const s = Math.floor(i / d.mask_word);
  const left = d.position - (i % d.mask_word) * 32;
  const valid = left >= 32 ? 0xffffffff : 2 ** left - 1;
  return (s % 4 === 3 ? 0 : s % 4 === 0 ? valid : randomBits(4, 0, 9, i, 0) & valid) >>> 0;
}

/** Usual contents by binding name; a name means the same in every kernel. Everything else is normally distributed. */
function usual(d: Dims): Record<string, (i: number) => number> {
  const masked = (i: number) => below(4, Math.floor(i / 4), 1) === 0;
  return {
    hypers: hyperValue,
    clock: (i) => (i % 2 === 0 ? randomBits(5, 0, 9, i, 0) : 17 + i),
    tokens: (i) => below(d.vocab, i),
    prompt_table: (i) => below(d.vocab, i, 2),
    prompt_index: (i) => below(d.prompt_count, i, 3),
    token_mask: (i) => maskWord(d, i),
    length: (i) => below(d.position + 1, i, 4),
    // the last sequences of the rollout first
    sequence_index: (i) => d.total_sequence - 1 - (i % d.sequence),
    prompt_order: (i) => d.prompt - 1 - (i % d.prompt),
    // responses go round the groups, and the first group keeps only one
    group_start: (i) =>
      i % d.group_end === 0
        ? 0
        : 1 + Math.floor(((d.total_sequence - 1) * ((i % d.group_end) - 1)) / Math.max(d.group - 1, 1)),
    group_member: (i) =>
      ((i % d.total_sequence) * (d.total_sequence % 2 === 0 ? d.total_sequence - 1 : 2)) % d.total_sequence,
    now: (i) =>
      i % 4 === 3
        ? masked(i)
          ? 0
          : 1 + below(2, Math.floor(i / 4), 12)
        : masked(i)
          ? GARBAGE
          : i % 4 === 0
            ? -2 * uniform(i)
            : uniform(i, 1),
    // the fourth number of a response's tokens says who wrote it
    recorded: (i) =>
      i % 4 === 3 ? [0, 1, 0, 2, 0][below(5, Math.floor(i / 4 / d.position_stride), 13)] : -2 * uniform(i, 2),
    sequence_stat: (i) =>
      [
        normal(i),
        1 + below(d.position, i, 5),
        d.total_sequence - 1 - (Math.floor(i / 8) % d.sequence),
        below(4, i, 14) === 0 ? 1 : 0,
        normal(i),
        uniform(i),
        0,
        0,
      ][i % 8],
    batch_count: (i) => [d.sequence * d.position - 1, d.sequence, d.sequence, 1.25][i % 4],
    kept_group: (i) => d.group - 1 - (i % d.prompt),
    prompt_stat: (i) => (i % 4 === 0 ? below(d.member + 1, i, 15) : below(2, i, 16)),
    answers: (i) => (below(5, i, 17) === 0 ? no_answer : below(3, i, 18)),
    kinds: (i) => below(5, i, 19),
    probability: (i) => uniform(i, 3) / d.key,
    inverse_rms: (i) => 0.5 + uniform(i, 4),
    rewards: (i) => [0, 1, 0.25, 1, 0.7][below(5, i, 6)],
    verdicts: (i) => below(2, i, 22),
    optimiser: (i) => [1.7, 0.6, 3, 1][i % 4],
    moment2: (i) => uniform(i, 5) ** 2,
    square_sum: (i) => uniform(i, 6),
    demonstration_table: (i) => ((i + 1) % d.table_row === 0 ? below(d.position + 1, i, 7) : below(d.vocab, i, 8)),
  };
}

const tokenSlots = (
  stable_mask: string,
  importance_weight: string,
  objective: string,
  regulariser: string,
  token_weight: string,
) => ({
  ...{ stable_mask, importance_weight, objective, token_weight, likelihood_gradient: 'plain' },
  ...{ regulariser_value: regulariser, regulariser_gradient: regulariser },
  ...{ effective_advantage: 'plain', sampler_weight: 'none', likelihood_objective: 'plain' },
});

/** Ranges of rows: all of them, and one decoding step where responses have inputs. */
function ranges(d: Dims): { first: number; row_step: number; count: number }[] {
  const all = { first: 0, row_step: 1, count: d.row };
  const inputs = d.position - 1;
  return inputs === 0
    ? [all]
    : [all, { first: d.prompt * d.prompt_position + inputs - 1, row_step: inputs, count: d.sequence }];
}

const each = (over: Dispatch['over'], more: Omit<Case, 'over'> = {}): Case[] => [{ over, ...more }];
const SEQUENCES = ['replica', 'sequence'];
const TOKENS = ['replica', 'sequence', 'position_stride'];

/** The cases of every kernel for a batch. */
export function casesOf(kernel: string, d: Dims): Case[] {
  const attention = { qkv: d.row * 3 * d.width, prob: d.row * d.head * d.key };
  const tok = { tok: 32, pos: 32 + d.vocab * d.width };
  const embedding = { param_stride: 32 + (d.vocab + d.context) * d.width, x_stride: d.row * d.width };
  const inputs = d.position - 1;
  const norms = [
    { count: d.row, first: 0, row_step: 1, y_first: 0, y_row_step: 1 },
    { count: d.prompt, first: d.prompt_position - 1, row_step: d.prompt_position, y_first: 0, y_row_step: 1 },
    ...(inputs > 0
      ? [
          {
            count: d.sequence,
            first: d.prompt * d.prompt_position,
            row_step: inputs,
            y_first: d.prompt,
            y_row_step: inputs,
          },
        ]
      : []),
  ].map(({ count, ...rows }) => ({ count, rows }));
  const norm = {
    x_stride: 2 * d.row * d.width,
    y_stride: d.row * d.width,
    d_stride: d.row * d.width,
    norm_stride: 2 * d.row,
  };
  const in_norm = { gain: 32, x: d.row * d.width, norm: d.row };
  const tabular = { param_stride: d.entry * d.logit_column };

  const cases: Record<string, () => Case[]> = {
    adamw: () => each(['replica', d.param_stride / 4]),
    assign_demonstrations: () =>
      ['every', 'last_members'].flatMap((is_demonstration) => each(SEQUENCES, { slots: { is_demonstration } })),
    attention_backward_qkv: () => each(['replica', 'row', d.width / 4], { at: attention }),
    attention_backward_scores: () => each(['replica', 'row', 'head'], { at: attention }),
    attention_mix: () =>
      ranges(d).map(({ count, ...rows }) => ({
        size: { count },
        at: { ...rows, ...attention, mixed: 0 },
        over: ['replica', count, d.width / 4],
      })),
    attention_scores: () =>
      ranges(d).flatMap(({ count, ...rows }) =>
        // scores of a few, and of hundreds, whose exponentials no float holds
        [1, 12].flatMap((scale) =>
          each(['replica', count, 'head'], {
            size: { count },
            at: { ...rows, ...attention },
            data: { qkv: (i) => scale * normal(i) },
          }),
        ),
      ),
    baseline_advantage: () => each(['replica', 64]),
    classify_responses: () => [
      ...each(SEQUENCES, { slots: { response_kind: 'one_kind' } }),
      ...each(SEQUENCES, { slots: { response_kind: 'two_forms' }, size: { num_answers: 1 } }),
    ],
    clear: () => each(['replica', d.values / 4]),
    collective_vote: () => each(['prompt']),
    constant_advantage: () => each(SEQUENCES),
    correction_statistics: () =>
      [
        { sampler_weight: 'tis_token', sampler_log_weight: 'token', sampler_share: 'token' },
        { sampler_weight: 'tis_sequence', sampler_log_weight: 'sequence', sampler_share: 'sequence' },
        { sampler_weight: 'icepop', sampler_log_weight: 'token', sampler_share: 'token' },
      ].flatMap((slots) => each(['replica', 64], { slots, at: { column: 3 } })),
    count_tokens: () =>
      each(['replica', 64], { data: { sequence_stat: (i) => (i % 8 === 3 ? below(2, i) : below(3, i)) } }),
    covariance_metrics: () => [
      ...each(['replica', 64], { at: { column: 3 } }),
      ...each(['replica', 64], { at: { column: 3 }, size: { advantage_stride: d.position_stride } }),
    ],
    discounted_return: () => each(SEQUENCES),
    draw_prompts: () =>
      ['uniform', 'in_order', 'subset'].flatMap((choose_prompt) =>
        [0, 1].flatMap((is_common) =>
          each(SEQUENCES, { slots: { choose_prompt }, at: { is_common }, size: { prompt_count: 30 } }),
        ),
      ),
    embed: () =>
      ranges(d).map(({ count, ...rows }) => ({
        size: { count, ...embedding },
        at: { ...rows, ...tok },
        over: ['replica', count, d.width / 4],
      })),
    embed_backward: () =>
      [1, 3].map((split) => ({
        size: { split, ...embedding },
        at: tok,
        over: ['replica', split, d.vocab + d.context, d.width / 4],
      })),
    // a small update, a large one, and logits whose exponentials no float holds
    entropy_change: () =>
      [0.1, 3, 40].flatMap((scale) =>
        each(['replica', 'logit_row'], {
          data: { logits: (i) => Math.max(1, scale / 3) * normal(i), logits_after: (i) => scale * normal(i, 1) },
        }),
      ),
    entropy_change_metrics: () => each(['replica', 64], { at: { column: 3 } }),
    extract_answers: () => [
      ...each(SEQUENCES, { slots: { answer: 'whole_response' } }),
      ...each(SEQUENCES, { slots: { answer: 'sum_to_target' } }),
      ...each(SEQUENCES, { slots: { answer: 'two_forms' }, size: { num_answers: 1 } }),
    ],
    evaluate_metrics: () => each(['replica', 64], { at: { column: 5 } }),
    flow_residual: () =>
      [1, d.position_stride].flatMap((advantage_stride) =>
        each(['replica', 64], { at: { column: 3 }, size: { advantage_stride, logit_column: ceil(d.vocab + 1, 8) } }),
      ),
    gae: () => each(SEQUENCES),
    gate_demonstrations: () => each(['replica', 64], { at: { column: 3 } }),
    gelu_backward: () => each(['replica', 'row', d.hidden / 4], { at: { offset: d.row * d.hidden } }),
    gelu_forward: () =>
      ranges(d).map(({ count, ...rows }) => ({
        size: { count },
        at: { offset: d.row * d.hidden, ...rows },
        over: ['replica', count, d.hidden / 4],
      })),
    gradient_norm: () => each(['replica', 64]),
    gradient_sum: () =>
      [1, 3].flatMap((split) => each(['replica', 'param_chunk'], { size: { split, param_stride: 1020 } })),
    greedy_advantage: () => each(SEQUENCES),
    group_advantage: () =>
      ['standardise', 'centre', 'leave_one_out', 'negative_aware'].flatMap((group_advantage_of) =>
        each(['replica', 'group'], { slots: { group_advantage_of }, size: { sequence: d.total_sequence } }),
      ),
    judge_responses: () => each(SEQUENCES, { data: { true_rewards: (i) => [0, 0.5, 1, 0.4][below(4, i, 22)] } }),
    keep_correct: () =>
      [0, 2].flatMap((max_kept) =>
        each(['replica', 'group'], {
          size: { sequence: d.total_sequence },
          // few symbols and few lengths, so that there are duplicates
          data: {
            ...{ tokens: (i) => below(2, i, 20), length: (i) => Math.min(below(3, i, 21), d.position) },
            hypers: (i) => (hyper[i % hyper.length] === 'max_kept' ? max_kept : hyperValue(i)),
          },
        }),
      ),
    keep_groups: () =>
      ['mixed', 'window'].flatMap((keep_group) =>
        [1, d.prompt].flatMap((kept_prompt) =>
          // rare, common, and no rewards, by groups
          [2, 5, 1].flatMap((rarity) =>
            each(['replica', 64], {
              slots: { keep_group },
              size: { kept_prompt },
              at: { column: 5 },
              data: {
                verdicts: (i) => (below(rarity + below(4, Math.floor(i / d.member), 23), i, 24) === 0 ? 1 : 0),
              },
            }),
          ),
        ),
      ),
    group_success: () => each(SEQUENCES),
    kind_metrics: () => each(['replica', 64], { at: { column: 4 } }),
    lag_params: () =>
      [0, 17].flatMap((step) =>
        each(['replica', d.param / 4], { data: { clock: (i) => (i % 2 === 0 ? 5 : step + (step > 0 ? i : 0)) } }),
      ),
    log_z_gradient: () => each(['replica', 'prompt'], { size: { logit_column: ceil(d.vocab + 1, 8) } }),
    logits_backward: () => each(['replica', 'logit_row']),
    matmul: () => forwardProducts(d, 8, 4),
    matmul_wide: () => forwardProducts(d, 16, 8),
    matmul_input_backward: () => backwardProducts('input', 8, 4),
    matmul_input_backward_wide: () => backwardProducts('input', 16, 8),
    matmul_weight_backward: () => backwardProducts('weight', 8, 4),
    matmul_weight_backward_wide: () => backwardProducts('weight', 16, 8),
    majority_vote: () => each(['replica', 'prompt']),
    mask_information: () => each(SEQUENCES, { size: { open_information: 1, close_information: 2 } }),
    mean_metric: () => each(['replica', 64], { at: { column: 4 } }),
    // with some slope to put right, and with too little
    noisy_reward: () => {
      const flat = (i: number) => (hyper[i % hyper.length] === 'false_negative' ? 0.72 : hyperValue(i));
      return [hyperValue, flat].flatMap((hypers, is_greedy) =>
        each(SEQUENCES, { at: { is_greedy }, data: { hypers } }),
      );
    },
    overlong_reward: () => each(SEQUENCES, { data: { true_rewards: (i) => below(2, i, 22) } }),
    pick_keys: () =>
      [
        { stable_mask: 'clip_cov', pick_key: 'clip_cov' },
        { stable_mask: 'none', pick_key: 'kl_cov' },
      ].flatMap((slots, i) =>
        each(TOKENS, {
          slots,
          size: { advantage_stride: i === 0 ? 1 : d.position_stride },
          at: { epoch: 2, minibatch: 3 },
          data: { covariances: (k) => (below(5, k, 25) === 0 ? 0 : 3 * normal(k)) },
        }),
      ),
    pick_tokens: () =>
      // all different, many equal, few candidates, none
      [
        (i: number) => randomBits(8, 0, 9, i, 0),
        (i: number) => 3 + below(2, i, 26),
        (i: number) => (below(20, i) === 0 ? 7 : 0),
        () => 0,
      ].flatMap((keys) => each(['replica', 64], { at: { column: 4 }, data: { keys } })),
    on_policy_advantage: () =>
      ['standardise', 'centre'].flatMap((group_advantage_of) =>
        each(['replica', 'group'], { slots: { group_advantage_of }, size: { sequence: d.total_sequence } }),
      ),
    policy_gradient: () =>
      [
        tokenSlots('none', 'none', 'log_likelihood', 'none', 'token_sum'),
        tokenSlots('ppo_clip', 'old_policy', 'ppo_clip', 'kl_k1', 'token_mean'),
        tokenSlots('ppo_clip', 'old_policy', 'ppo_clip', 'kl_k2', 'seq_mean_token_mean'),
        tokenSlots('sequence_clip', 'sequence_ratio', 'sequence_clip', 'kl_k3', 'seq_mean_token_sum'),
        tokenSlots('none', 'old_policy', 'log_likelihood', 'kl_k3', 'constant'),
        tokenSlots('none', 'old_policy', 'log_likelihood', 'kl_abs', 'token_mean'),
        tokenSlots('mean_sequence_clip', 'mean_sequence_ratio', 'mean_sequence_clip', 'none', 'token_mean'),
        {
          ...tokenSlots('clip_cov', 'old_ratio', 'clip_cov', 'kl_cov', 'token_mean'),
          effective_advantage: 'entropy_shaped',
        },
        tokenSlots('none', 'old_ratio', 'old_ratio', 'kl_cov', 'token_mean'),
        tokenSlots('plain_clip', 'old_ratio', 'plain_clip', 'none', 'token_mean'),
        { ...tokenSlots('ppo_clip', 'old_policy', 'ppo_clip', 'none', 'token_mean'), sampler_weight: 'tis_token' },
        { ...tokenSlots('none', 'clamped', 'clamped', 'none', 'token_mean'), sampler_weight: 'tis_sequence' },
        { ...tokenSlots('ppo_clip', 'old_policy', 'ppo_clip', 'none', 'constant'), sampler_weight: 'icepop' },
        {
          ...tokenSlots('none', 'sequence_weight', 'sequence_weight', 'none', 'seq_mean_token_mean'),
          ...{ effective_advantage: 'residual', likelihood_objective: 'squared_residual' },
        },
        {
          ...tokenSlots('none', 'none', 'log_likelihood', 'none', 'constant_rows'),
          ...{ likelihood_gradient: 'negative_aware', likelihood_objective: 'negative_aware' },
        },
        {
          ...tokenSlots('none', 'old_policy', 'unclipped', 'none', 'constant_rows'),
          ...{ likelihood_gradient: 'policy_shaping', likelihood_objective: 'policy_shaping' },
        },
        {
          ...tokenSlots('none', 'old_policy', 'unclipped', 'none', 'rl_and_sft'),
          effective_advantage: 'demonstrated',
        },
      ].flatMap((slots, i) => {
        const size = { advantage_stride: i % 2 === 0 ? 1 : d.position_stride };
        // ratios on both sides of the clamp
        const extreme = (k: number) => (k % 4 === 3 ? 0 : [-45, -0.5, 30, -19.9][below(4, Math.floor(k / 4), 9)]);
        return [...each(TOKENS, { slots, size }), ...each(TOKENS, { slots, size, data: { recorded: extreme } })];
      }),
    prompt_statistics: () => each(['replica', 'prompt'], { data: { tokens: (i) => below(2, i, 20) } }),
    record_values: () => each(TOKENS, { data: { now: normal } }),
    record_logp: () => [1, 2].flatMap((component) => each(TOKENS, { at: { component }, data: { now: normal } })),
    rms_gain_backward: () => {
      const last = { last_rows: d.prompt, last_row_step: d.prompt_position, count: d.logit_row };
      return [last, { last_rows: 0, last_row_step: 1, count: d.row }].flatMap((rows) =>
        [1, 3].map((split) => ({
          size: { ...norm, ...rows, split },
          at: in_norm,
          over: ['replica', split, d.width / 4],
        })),
      );
    },
    rms_norm: () =>
      norms.map(({ count, rows }) => ({
        size: { ...norm, count },
        at: { ...in_norm, y: 0, ...rows },
        over: ['replica', count],
      })),
    rms_norm_backward: () =>
      norms.map(({ count, rows }) => ({
        size: { ...norm, count },
        at: { ...in_norm, ...rows },
        over: ['replica', count],
      })),
    sample_symbol: () =>
      [0, d.position - 1].flatMap((t) =>
        [0, PURPOSE.symbol, PURPOSE.evaluation].map((purpose) => ({
          at: { t, purpose },
          slots: { next_symbol: purpose === 0 ? 'fixed_length' : 'until_end' },
          over: SEQUENCES,
          // every third ended earlier; before the first symbol stand the lengths of the last rollout
          data: { length: (i) => (t === 0 ? below(9, i, 10) : i % 3 === 2 ? t - 1 : t) },
        })),
      ),
    sample_metrics: () => each(['replica', 64], { at: { column: 2 } }),
    score_responses: () => [
      ...each(SEQUENCES, { slots: { reward: 'sum_to_target' }, data: { length: () => d.position } }),
      ...each(SEQUENCES, { slots: { reward: 'bandit' }, size: { arms: d.vocab } }),
    ],
    select_minibatch: () => {
      const whole = { mb_prompt: d.prompt, mb_member: d.member };
      return [whole, { mb_prompt: 1, mb_member: d.member }, { mb_prompt: 1, mb_member: 1 }].flatMap((size) => {
        const mb_sequence = size.mb_prompt * size.mb_member;
        const last = d.sequence / mb_sequence - 1;
        return [Math.floor(last / 2), last].flatMap((minibatch) =>
          each(['replica', mb_sequence], { size: { ...size, mb_sequence }, at: { minibatch } }),
        );
      });
    },
    sequence_statistics: () => each(SEQUENCES),
    signed_reward: () => each(SEQUENCES),
    shuffle_prompts: () => each(['replica', 'prompt'], { at: { epoch: 3 } }),
    step_metrics: () => each(['replica', 64]),
    tabular_backward: () => each(['replica', 'entry'], { size: tabular }),
    tabular_logits: () =>
      [
        { first: 0, row_step: 1, count: d.logit_row },
        ...(inputs > 0 ? [{ first: d.prompt + inputs - 1, row_step: inputs, count: d.sequence }] : []),
      ].map(({ count, ...rows }) => ({
        size: { ...tabular, count },
        at: rows,
        over: ['replica', count, d.logit_column / 4],
      })),
    tick: () => each(['replica']),
    token_covariance: () =>
      [1, d.position_stride].flatMap((advantage_stride) => each(['replica', 64], { size: { advantage_stride } })),
    token_logp: () => each(TOKENS),
    token_reward: () => each(SEQUENCES),
    value_gradient: () =>
      each(['replica', 'logit_row'], {
        slots: { token_weight: 'token_mean' },
        size: { logit_column: ceil(d.vocab + 1, 8) },
      }),
    value_metrics: () => each(['replica', 64], { at: { column: 4 } }),
    vote_metrics: () => each(['replica', 64], { at: { column: 3 } }),
    whiten_advantage: () => each(['replica', 64]),
    write_demonstrations: () => each(SEQUENCES, { slots: { next_symbol: 'until_end' } }),
  };
  const make = cases[kernel];
  if (!make) throw new Error(`kernel '${kernel}' has no cases; add some to tests/gpu/kernelCases.ts.`);
  return make();
}

/** The program that consists of one case, and the contents of its inputs. */
export function programOf(
  kernel: string,
  d: Dims,
  c: Case,
): { program: Program; contents: Record<string, Float32Array | Uint32Array> } {
  const dims: Dims = { ...d, ...c.size, hyper: hyper.length };
  const { bindings, text } = shaderLibrary.kernel(kernel);
  const buffers: Record<string, BufferSpec> = {};
  const contents: Record<string, Float32Array | Uint32Array> = {};
  const make = { ...usual(dims), ...c.data };
  for (const b of bindings) {
    if (b.kind === 'uniform') continue;
    const is_u32 = new RegExp(`> ${b.name}: array<(u32|vec\\du)>`).test(text);
    const shape = b.shape!.map((s) => (/^\d+$/.test(s) ? Number(s) : s));
    buffers[b.name] = { type: is_u32 ? 'u32' : 'f32', shape, doc: '', origin: 'kept' };
    const length = shape.reduce<number>((n, s) => n * (typeof s === 'number' ? s : dims[s]), 1);
    const values = Array.from({ length }, (_, i) => (make[b.name] ?? ((k: number) => normal(k, b.index)))(i));
    contents[b.name] = is_u32 ? Uint32Array.from(values) : Float32Array.from(values);
  }
  const { over, at, slots } = c;
  return {
    program: { id: kernel, dims, buffers, hyper, steps: [{ kernel, over, at, slots, size: c.size }] },
    contents,
  };
}
