/** Fragments of a step: rollout, scoring under other weights, one update. Programs are put together from them. */

import { shaderLibrary } from '../engine/library.ts';
import type { Affine, BufferSpec, Dispatch, Program, Repeat, Step } from '../engine/program.ts';
import { PURPOSE } from '../engine/random.ts';
import { type Batch, batchSizes, type Fragment, type PolicyInstance } from '../policies/policy.ts';
import type { TaskInstance } from '../tasks/task.ts';
import { METRIC_COLUMNS } from './metrics.ts';
import { needs } from './needs.ts';
import { type StepPlan, slotsFor, stageSteps, taskShape } from './plan.ts';

/** A buffer of floats. */
export const f32 = (shape: BufferSpec['shape'], doc: string, more: Partial<BufferSpec> = {}): BufferSpec => ({
  type: 'f32',
  shape,
  doc,
  ...more,
});
/** A buffer of whole numbers. */
export const u32 = (shape: BufferSpec['shape'], doc: string, more: Partial<BufferSpec> = {}): BufferSpec => ({
  type: 'u32',
  shape,
  doc,
  ...more,
});

/** Dimensions that every program of a task shares. */
export function commonDims(instance: TaskInstance, prompts: number, members: number, replicas: number) {
  return {
    replica: replicas,
    prompt: prompts,
    member: members,
    sequence: prompts * members,
    prompt_position: instance.prompt_position,
    position: instance.position,
    position_stride: Math.ceil(instance.position / 4) * 4,
    context: instance.prompt_position + instance.position,
    mask_word: Math.ceil(instance.position / 32),
    vocab: instance.vocab,
    prompt_count: instance.prompts.length,
    train_count: instance.prompts.length - instance.num_held_out,
    metric: METRIC_COLUMNS,
    num_correct: instance.num_correct ?? 0,
    ...instance.sizes,
  };
}

/** Buffers of a rollout, shared by training and evaluation. */
export const rolloutBuffers = (): Record<string, BufferSpec> => ({
  hypers: f32(['replica', 'hyper'], 'hyperparameters, one row per replica', { origin: 'host' }),
  clock: u32(['replica', 2], 'seed and step', { origin: 'kept' }),
  prompt_table: u32(['prompt_count', 'prompt_position'], 'every prompt of the task', { origin: 'host' }),
  params: f32(['replica', 'param'], 'weights', { origin: 'kept' }),
  rollout_sequence_index: u32(['replica', 'sequence'], '0, 1, 2 …: the rollout in its own order', { origin: 'host' }),
  prompt_index: u32(['replica', 'prompt'], 'which prompt each group answers', { is_result: true }),
  tokens: u32(['replica', 'sequence', 'context'], 'prompt and response symbols', { origin: 'kept' }),
  token_mask: u32(['replica', 'sequence', 'mask_word'], 'bits: the policy’s own tokens', { origin: 'kept' }),
  length: u32(['replica', 'sequence'], 'symbols of each response', { origin: 'kept' }),
  recorded: f32(
    ['replica', 'sequence', 'position_stride', 4],
    'sampler_logp, old_logp, ref_logp, author of each token',
    {
      origin: 'kept',
      is_result: true,
    },
  ),
  values: f32(['replica', 'sequence', 'position_stride'], 'value prediction before each token', { is_result: true }),
  rewards: f32(['replica', 'sequence'], 'one per response', { is_result: true }),
  true_rewards: f32(['replica', 'sequence'], 'what the verifier said, where a part has its own opinion'),
  verdicts: f32(['replica', 'sequence'], '1 where a response is right, else 0', { is_result: true }),
  answers: u32(['replica', 'sequence'], 'what each response answers'),
  kinds: u32(['replica', 'sequence'], 'of which of the task’s kinds each response is'),
  metrics: f32(['replica', 'metric'], 'the row of this step', { origin: 'kept' }),
});

/** How a rollout takes its symbols. */
export const DRAW = { greedy: 0, sample: PURPOSE.symbol, evaluate: PURPOSE.evaluation } as const;

/** Lets the policy answer the drawn prompts, symbol by symbol. `is_kept`: the activations stay for a backward pass. */
export function rolloutSteps(
  plan: StepPlan,
  policy: PolicyInstance,
  batch: Batch,
  draw: number,
  is_kept: boolean,
): Fragment {
  const prefill = policy.prefill(batch, is_kept);
  const has_more = plan.instance.position > 1;
  const decode = has_more ? policy.decode(batch, is_kept) : { dims: {}, buffers: {}, steps: [] };
  const sample = (t: Affine): Dispatch => ({
    kernel: 'sample_symbol',
    over: ['replica', 'sequence'],
    size: batchSizes(taskShape(plan.instance), batch).size,
    at: { t, purpose: draw },
    bind: { logits: `${batch.prefix}logits` },
    slots: slotsFor(plan, 'sample_symbol'),
    note: draw === DRAW.greedy ? 'take the likeliest symbol' : 'draw a symbol',
  });
  const repeat: Repeat = {
    repeat: 't',
    count: plan.instance.position - 1,
    dispatches: [...decode.steps, sample({ base: 1, t: 1 })],
  };
  const steps: Step[] = [...prefill.steps, sample(0), ...(has_more ? [repeat] : [])];
  return { dims: { ...prefill.dims, ...decode.dims }, buffers: { ...prefill.buffers, ...decode.buffers }, steps };
}

/** Writes the prompts of a step; `is_common` asks every replica the same. */
export const drawPrompts = (choose_prompt: string, is_common = false): Dispatch => ({
  kernel: 'draw_prompts',
  over: ['replica', 'sequence'],
  at: { is_common: is_common ? 1 : 0 },
  slots: { choose_prompt },
  note: 'prompts of this step',
});

/** The verifier, into `rewards` or another buffer. */
export const score = (plan: StepPlan, rewards = 'rewards'): Dispatch => ({
  kernel: 'score_responses',
  over: ['replica', 'sequence'],
  bind: { rewards },
  slots: slotsFor(plan, 'score_responses'),
  note: 'the verifier',
});

/** The same steps on buffers of other names; every binding is written out. */
export function renameSteps(steps: Step[], rename: (name: string) => string): Step[] {
  return steps.map((step) => {
    if ('repeat' in step) return { ...step, dispatches: renameSteps(step.dispatches, rename) };
    const bind: Record<string, string> = {};
    for (const b of shaderLibrary.kernel(step.kernel).bindings) {
      if (b.kind !== 'uniform') bind[b.name] = rename(step.bind?.[b.name] ?? b.name);
    }
    return { ...step, bind };
  });
}

/**
 * Forward of the whole rollout under some weights, down to one of the log-probabilities in `recorded`: 1 old, 2 of the KL
 * anchor. With the old ones the values too, where a part needs them: both belong to the start of the update.
 */
export function scoreLogp(plan: StepPlan, batch: Batch, params: string, component: 1 | 2): Fragment {
  const p = batch.prefix;
  const forward = plan.policy.forward(batch, params);
  const { size } = batchSizes(taskShape(plan.instance), batch);
  const steps: Step[] = [
    ...forward.steps,
    {
      kernel: 'token_logp',
      over: ['replica', 'sequence', 'position_stride'],
      size,
      bind: { logits: `${p}logits`, now: `${p}now`, sequence_index: `${p}sequence_index` },
    },
    {
      kernel: 'record_logp',
      over: ['replica', 'sequence', 'position_stride'],
      at: { component },
      bind: { now: `${p}now` },
      note: component === 1 ? 'log-probabilities at the start of the update' : 'the KL anchor’s log-probabilities',
    },
    ...(component === 1 && needs(plan.parts, 'value')
      ? [
          {
            kernel: 'record_values',
            over: ['replica', 'sequence', 'position_stride'],
            bind: { now: `${p}now` },
            note: 'values at the start of the update',
          } satisfies Dispatch,
        ]
      : []),
  ];
  return {
    dims: forward.dims,
    buffers: {
      ...forward.buffers,
      [`${p}now`]: f32(['replica', 'sequence', 'position_stride', 4], 'logp, entropy, value, mark'),
    },
    steps,
  };
}

/**
 * One optimiser update on one minibatch. With `is_fresh` the rollout has just computed every activation of this batch under
 * these very weights, and they are used as they are.
 */
export function updateSteps(plan: StepPlan, batch: Batch, is_fresh: boolean): Fragment {
  const { policy, parts } = plan;
  const p = batch.prefix;
  const { size } = batchSizes(taskShape(plan.instance), batch);
  const forward = is_fresh ? { dims: {}, buffers: {}, steps: [] } : policy.forward(batch, 'params');
  const backward = policy.backward(batch);
  const has_value = needs(parts, 'value');
  const bind = { sequence_index: `${p}sequence_index`, logits: `${p}logits`, now: `${p}now`, d_logits: `${p}d_logits` };
  const pick = (...names: (keyof typeof bind)[]) => Object.fromEntries(names.map((n) => [n, bind[n]]));
  const token_slots = slotsFor(plan, 'policy_gradient');
  const tokens = ['replica', `${p}sequence`, 'position_stride'];
  const steps: Step[] = [
    ...forward.steps,
    { kernel: 'token_logp', over: tokens, size, bind: pick('logits', 'now', 'sequence_index') },
    { kernel: 'sequence_statistics', over: ['replica', `${p}sequence`], size, bind: pick('now', 'sequence_index') },
    { kernel: 'count_tokens', over: ['replica', 64], size },
    ...stageSteps(plan, 'update', batch),
    {
      kernel: 'policy_gradient',
      over: tokens,
      size,
      bind: pick('now'),
      slots: token_slots,
      note: 'the parts meet: one coefficient per token',
    },
    {
      kernel: 'logits_backward',
      over: ['replica', `${p}logit_row`],
      size,
      bind: pick('logits', 'sequence_index', 'd_logits'),
    },
    ...(has_value
      ? [
          {
            kernel: 'value_gradient',
            over: ['replica', `${p}logit_row`],
            size,
            bind: pick('now', 'd_logits'),
            slots: slotsFor(plan, 'value_gradient'),
            note: 'clipped value loss',
          } satisfies Dispatch,
        ]
      : []),
    ...stageSteps(plan, 'backward', batch),
    ...backward.steps,
    { kernel: 'gradient_sum', over: ['replica', 'param_chunk'] },
    { kernel: 'gradient_norm', over: ['replica', 64] },
    { kernel: 'adamw', over: ['replica', ['param', 4]] },
  ];
  const buffers: Record<string, BufferSpec> = {
    ...forward.buffers,
    ...backward.buffers,
    [`${p}now`]: f32(['replica', `${p}sequence`, 'position_stride', 4], 'logp, entropy, value, mark'),
    sequence_stat: f32(
      ['replica', `${p}sequence`, 8],
      'log-ratio sum, tokens, place in the rollout, is a demonstration, sampler log-ratio sum, signal',
    ),
    batch_count: f32(
      ['replica', 4],
      'tokens, sequences and demonstration tokens of the minibatch, mean sampler weight',
    ),
    token_gradient: f32(['replica', `${p}sequence`, 'position_stride', 2], 'd loss / d logp, d loss / d entropy'),
    token_stat: f32(
      ['replica', 'sequence', 'position_stride', 8],
      'coef, entropy, loss, k1, k3, clipped, clipped_lower, regulariser',
      { origin: 'kept' },
    ),
    [`${p}d_logits`]: f32(['replica', `${p}logit_row`, 'logit_column'], 'd loss / d logits'),
    ...(has_value
      ? {
          value_stat: f32(['replica', 'sequence', 'position_stride', 4], 'loss, clipped, return, value', {
            origin: 'kept',
          }),
        }
      : {}),
    gradient: f32(['replica', 'param'], 'd loss / d weights'),
    square_sum: f32(['replica', 'param_chunk'], 'squared gradient, 64 weights at a time'),
    optimiser: f32(['replica', 4], 'gradient norm, clipping factor, updates, skipped updates', { origin: 'kept' }),
    moment1: f32(['replica', 'param'], 'first moment', { origin: 'kept' }),
    moment2: f32(['replica', 'param'], 'second moment', { origin: 'kept' }),
  };
  return { dims: { ...forward.dims, ...backward.dims }, buffers, steps };
}

/** Drops the buffers that no dispatch binds. */
export function prune(program: Program): Program {
  const used = new Set<string>();
  const walk = (steps: Step[]) => {
    for (const step of steps) {
      if ('repeat' in step) walk(step.dispatches);
      else for (const b of shaderLibrary.kernel(step.kernel).bindings) used.add(step.bind?.[b.name] ?? b.name);
    }
  };
  walk(program.steps);
  return {
    ...program,
    buffers: Object.fromEntries(Object.entries(program.buffers).filter(([name]) => used.has(name))),
  };
}

/** The same program on buffers of other names, so that two programs can live side by side. */
export function renameBuffers(program: Program, rename: (name: string) => string): Program {
  const buffers = Object.fromEntries(Object.entries(program.buffers).map(([name, spec]) => [rename(name), spec]));
  return { ...program, buffers, steps: renameSteps(program.steps, rename) };
}
