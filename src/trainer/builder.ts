/** Builds the programs of a run: one training step, and one evaluation. The order of work in a step is written here, once. */
import { complainParts, type Need, type Parts, ROLES } from '../algorithms/algorithm.ts';
import { shaderLibrary } from '../engine/library.ts';
import {
  type Affine,
  type BufferSpec,
  type Dispatch,
  launchesOf,
  type Program,
  type Repeat,
  type Step,
} from '../engine/program.ts';
import { type Batch, batchSizes, type PolicyInstance, type TaskShape } from '../policies/policy.ts';
import type { Task, TaskInstance } from '../tasks/task.ts';
import { METRIC_COLUMNS, metricColumn } from './metrics.ts';

/** What a step program is made of. */
export interface StepPlan {
  task: Task;
  instance: TaskInstance;
  policy: PolicyInstance;
  parts: Parts;
  /** filled settings of the BATCH table */
  batch: Record<string, number>;
  /** hyperparameter names in buffer order */
  hyper: readonly string[];
  /** the start weights score every rollout */
  has_ref_logp: boolean;
  /** which prompt each group asks; evaluation and hosts that fill the table themselves ask in order */
  choose_prompt: 'uniform' | 'in_order';
}

/** Demonstrations kept per prompt. */
export const DEMONSTRATION_VARIANTS = 4;

/** Sizes that follow from the task. */
export const taskShape = (instance: TaskInstance): TaskShape => ({
  vocab: instance.vocab,
  prompt_position: instance.prompt_position,
  position: instance.position,
  prompt_count: instance.prompts.length,
});

/** True when any part asks for it. */
export const needs = (parts: Parts, need: Need): boolean => ROLES.some((role) => parts[role].needs?.includes(need));

/** Groups and members per minibatch; throws one sentence when the batch cannot be split that way. */
export function splitBatch(prompts: number, members: number, minibatches: number): { prompt: number; member: number } {
  if (minibatches <= prompts && prompts % minibatches === 0) return { prompt: prompts / minibatches, member: members };
  const shares = minibatches / prompts;
  if (Number.isInteger(shares) && members % shares === 0) return { prompt: 1, member: members / shares };
  throw new Error(
    `batch: ${minibatches} minibatches do not divide ${prompts} prompts × ${members} responses. Choose a power of two up to ${prompts * members}.`,
  );
}

const f32 = (shape: BufferSpec['shape'], doc: string, more: Partial<BufferSpec> = {}): BufferSpec => ({
  type: 'f32',
  shape,
  doc,
  ...more,
});
const u32 = (shape: BufferSpec['shape'], doc: string, more: Partial<BufferSpec> = {}): BufferSpec => ({
  type: 'u32',
  shape,
  doc,
  ...more,
});

/** Dimensions that every program of a task shares. */
function commonDims(instance: TaskInstance, prompts: number, members: number, replicas: number) {
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
    ...instance.sizes,
  };
}

/** Buffers of a rollout, shared by training and evaluation. */
const rolloutBuffers = (): Record<string, BufferSpec> => ({
  hypers: f32(['replica', 'hyper'], 'hyperparameters, one row per replica', { origin: 'host' }),
  clock: u32(['replica', 2], 'seed and step', { origin: 'kept' }),
  prompt_table: u32(['prompt_count', 'prompt_position'], 'every prompt of the task', { origin: 'host' }),
  params: f32(['replica', 'param'], 'weights', { origin: 'kept' }),
  rollout_sequence_index: u32(['replica', 'sequence'], '0, 1, 2 …: the rollout in its own order', { origin: 'host' }),
  prompt_index: u32(['replica', 'prompt'], 'which prompt each group answers', { is_result: true }),
  tokens: u32(['replica', 'sequence', 'context'], 'prompt and response symbols', { origin: 'kept' }),
  token_mask: u32(['replica', 'sequence', 'mask_word'], 'bits: the policy’s own tokens', { origin: 'kept' }),
  length: u32(['replica', 'sequence'], 'symbols of each response', { origin: 'kept' }),
  recorded: f32(['replica', 'sequence', 'position_stride', 4], 'sampler_logp, old_logp, ref_logp of each token', {
    is_result: true,
  }),
  values: f32(['replica', 'sequence', 'position_stride'], 'value prediction before each token', { is_result: true }),
  rewards: f32(['replica', 'sequence'], 'one per response', { is_result: true }),
  metrics: f32(['replica', 'metric'], 'the row of this step', { origin: 'kept' }),
});

/** Draws prompts and lets the policy answer them, symbol by symbol; then asks the verifier. */
function rolloutSteps(plan: StepPlan, policy: PolicyInstance, batch: Batch, is_greedy: boolean, is_kept: boolean) {
  const { slots } = plan.task;
  const prefill = policy.prefill(batch, is_kept);
  const has_more = plan.instance.position > 1;
  const decode = has_more ? policy.decode(batch, is_kept) : { dims: {}, buffers: {}, steps: [] };
  const sample = (t: Affine): Dispatch => ({
    kernel: 'sample_symbol',
    over: ['replica', 'sequence'],
    size: batchSizes(taskShape(plan.instance), batch).size,
    at: { t, is_greedy: is_greedy ? 1 : 0 },
    bind: { logits: `${batch.prefix}logits` },
    slots: { next_symbol: slots.next_symbol },
    note: is_greedy ? 'take the likeliest symbol' : 'draw a symbol',
  });
  const repeat: Repeat = {
    repeat: 't',
    count: plan.instance.position - 1,
    dispatches: [...decode.steps, sample({ base: 1, t: 1 })],
  };
  const steps: Step[] = [...prefill.steps, sample(0), ...(has_more ? [repeat] : [])];
  return { dims: { ...prefill.dims, ...decode.dims }, buffers: { ...prefill.buffers, ...decode.buffers }, steps };
}

const drawPrompts = (choose_prompt: string): Dispatch => ({
  kernel: 'draw_prompts',
  over: ['replica', 'sequence'],
  slots: { choose_prompt },
  note: 'prompts of this step',
});
const score = (task: Task): Dispatch => ({
  kernel: 'score_responses',
  over: ['replica', 'sequence'],
  slots: { reward: task.slots.reward },
  note: 'the verifier',
});

/** Forward of the whole rollout under some weights, down to log-probabilities in `recorded`. */
function scoreLogp(plan: StepPlan, batch: Batch, params: string, component: number) {
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
      note: 'the KL anchor’s log-probabilities',
    },
  ];
  return {
    dims: forward.dims,
    buffers: {
      ...forward.buffers,
      [`${p}now`]: f32(['replica', 'sequence', 'position_stride', 4], 'logp, entropy, value, mask'),
    },
    steps,
  };
}

/**
 * One optimiser update on one minibatch. With `is_fresh` the rollout has just computed every activation of this batch under
 * these very weights, and they are used as they are.
 */
function updateSteps(plan: StepPlan, batch: Batch, is_fresh: boolean) {
  const { policy, parts } = plan;
  const p = batch.prefix;
  const { size } = batchSizes(taskShape(plan.instance), batch);
  const forward = is_fresh ? { dims: {}, buffers: {}, steps: [] } : policy.forward(batch, 'params');
  const backward = policy.backward(batch);
  const has_value = needs(parts, 'value');
  const bind = { sequence_index: `${p}sequence_index`, logits: `${p}logits`, now: `${p}now`, d_logits: `${p}d_logits` };
  const pick = (...names: (keyof typeof bind)[]) => Object.fromEntries(names.map((n) => [n, bind[n]]));
  const file = (slot: string) => {
    for (const role of ROLES) {
      const fill = parts[role].slots?.[slot];
      if (fill) return fill.file;
    }
    throw new Error(
      `no part of this algorithm fills the slot '${slot}'; give its stabiliser, likelihood, regulariser or weighting one.`,
    );
  };
  const token_slots = Object.fromEntries(
    shaderLibrary.kernel('policy_gradient').slots.map((slot) => [slot, file(slot)]),
  );
  const tokens = ['replica', `${p}sequence`, 'position_stride'];
  const steps: Step[] = [
    ...forward.steps,
    { kernel: 'token_logp', over: tokens, size, bind: pick('logits', 'now', 'sequence_index') },
    { kernel: 'sequence_statistics', over: ['replica', `${p}sequence`], size, bind: pick('now', 'sequence_index') },
    { kernel: 'count_tokens', over: ['replica', 64], size },
    {
      kernel: 'policy_gradient',
      over: tokens,
      size,
      bind: pick('now'),
      slots: token_slots,
      note: 'the four parts meet: one coefficient per token',
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
            slots: { token_weight: token_slots.token_weight },
            note: 'clipped value loss',
          } satisfies Dispatch,
        ]
      : []),
    ...backward.steps,
    { kernel: 'gradient_sum', over: ['replica', 'param_chunk'] },
    { kernel: 'gradient_norm', over: ['replica', 64] },
    { kernel: 'adamw', over: ['replica', ['param', 4]] },
  ];
  const buffers: Record<string, BufferSpec> = {
    ...forward.buffers,
    ...backward.buffers,
    [`${p}now`]: f32(['replica', `${p}sequence`, 'position_stride', 4], 'logp, entropy, value, mask'),
    sequence_stat: f32(['replica', `${p}sequence`, 4], 'log-ratio sum, tokens, place in the rollout'),
    batch_count: f32(['replica', 2], 'tokens and sequences of the minibatch'),
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

/** The sections of a step, in order. */
export const SECTIONS = ['rollout', 'advantage', 'update', 'report'] as const;
export type Section = (typeof SECTIONS)[number];

/**
 * The program of one training step: rollout and reward, advantage, updates, metrics. With fewer sections, what the missing
 * ones would have written is the host's to fill: that is how a section is timed alone.
 */
export function buildStep(plan: StepPlan, sections: readonly Section[] = SECTIONS): Program {
  const { parts, policy, instance, batch: settings } = plan;
  const complaints = complainParts(parts);
  if (complaints.length > 0) throw new Error(complaints.join(' '));
  const { prompts, group_size, minibatches, epochs, replicas } = settings;
  const minibatch = splitBatch(prompts, group_size, minibatches);
  const is_whole = minibatches === 1;
  const source = {
    total_sequence: prompts * group_size,
    group: prompts,
    total_member: group_size,
    tokens: 'tokens',
    prompt_index: 'prompt_index',
  };
  const whole: Batch = { prefix: 'rollout_', prompt: prompts, member: group_size, ...source };
  const has_demonstrations = needs(parts, 'demonstrations');
  // a single update on the whole rollout is strictly on-policy: its forward pass has already been done by the rollout
  const is_fresh =
    is_whole && epochs === 1 && !has_demonstrations && sections.includes('rollout') && sections.includes('update');
  const mini: Batch = is_fresh ? whole : { prefix: 'mb_', ...minibatch, ...source };
  const has_value = needs(parts, 'value');
  const per_token = parts.advantage.is_per_token === true;

  const rollout = has_demonstrations
    ? {
        dims: {},
        buffers: {
          demonstration_table: u32(['prompt_count', 'variant', 'table_row'], 'solutions of every prompt', {
            origin: 'host',
          }),
        } as Record<string, BufferSpec>,
        steps: [
          {
            kernel: 'write_demonstrations',
            over: ['replica', 'sequence'],
            slots: { next_symbol: plan.task.slots.next_symbol },
            note: 'demonstrations in place of samples',
          } satisfies Dispatch,
        ] as Step[],
      }
    : rolloutSteps(plan, policy, whole, false, is_fresh);
  const anchor = plan.has_ref_logp
    ? scoreLogp(plan, { ...whole, prefix: 'ref_' }, 'ref_params', 2)
    : { dims: {}, buffers: {}, steps: [] };
  const update = updateSteps(plan, mini, is_fresh);

  const dims: Record<string, number> = {
    ...commonDims(instance, prompts, group_size, replicas),
    ...policy.dims,
    hyper: plan.hyper.length,
    group: prompts,
    group_end: prompts + 1,
    total_sequence: prompts * group_size,
    advantage_stride: per_token ? Math.ceil(instance.position / 4) * 4 : 1,
    variant: DEMONSTRATION_VARIANTS,
    table_row: instance.position + 1,
    minibatch: minibatches,
    param_chunk: Math.ceil(policy.num_parameters / 64),
    mb_prompt: mini.prompt,
    mb_member: mini.member,
    mb_sequence: mini.prompt * mini.member,
    first_prompt: 0,
    ...rollout.dims,
    ...anchor.dims,
    ...update.dims,
  };

  const buffers: Record<string, BufferSpec> = {
    ...rolloutBuffers(),
    ...rollout.buffers,
    ...anchor.buffers,
    ...update.buffers,
    advantage: f32(['replica', 'sequence', 'advantage_stride'], 'Â', { is_result: true }),
    group_start: u32(['replica', 'group_end'], 'where each group starts in group_member', { origin: 'host' }),
    group_member: u32(['replica', 'sequence'], 'responses by group', { origin: 'host' }),
    token_rewards: f32(['replica', 'sequence', 'position_stride'], 'reward of each token'),
    token_advantage: f32(['replica', 'sequence', 'position_stride'], 'GAE before whitening'),
    baseline: f32(['replica'], 'moving average of the reward', { origin: 'kept' }),
    prompt_order: u32(['replica', 'prompt'], 'order of the groups in this epoch'),
    mb_sequence_index: u32(
      ['replica', 'mb_sequence'],
      'responses of the minibatch',
      is_whole ? { origin: 'host' } : {},
    ),
    ref_params: f32(['replica', 'param'], 'the frozen start weights', { origin: 'host' }),
    ref_sequence_index: u32(['replica', 'sequence'], '0, 1, 2 …', { origin: 'host' }),
  };

  const select: Step[] = is_whole
    ? []
    : [
        {
          kernel: 'select_minibatch',
          over: ['replica', 'mb_sequence'],
          at: { minibatch: { minibatch: 1 } },
          bind: { sequence_index: 'mb_sequence_index' },
        },
      ];
  const epoch: Step[] = [
    ...(is_whole
      ? []
      : [{ kernel: 'shuffle_prompts', over: ['replica', 'prompt'], at: { epoch: { epoch: 1 } } } satisfies Dispatch]),
    { repeat: 'minibatch', count: 'minibatch', dispatches: [...select, ...update.steps] },
  ];
  const by_section: Record<Section, Step[]> = {
    rollout: [drawPrompts(plan.choose_prompt), ...rollout.steps, score(plan.task)],
    advantage: [
      ...anchor.steps,
      ...(needs(parts, 'token_reward')
        ? [{ kernel: 'token_reward', over: ['replica', 'sequence'], note: 'rewards onto tokens' } satisfies Dispatch]
        : []),
      ...(parts.advantage.dispatches ?? []),
    ],
    update: [{ repeat: 'epoch', count: epochs, dispatches: epoch }],
    report: [
      { kernel: 'step_metrics', over: ['replica', 64] },
      ...(has_value
        ? [
            {
              kernel: 'value_metrics',
              over: ['replica', 64],
              at: { column: metricColumn('value_loss') },
            } satisfies Dispatch,
          ]
        : []),
    ],
  };
  const steps = [
    ...SECTIONS.filter((s) => sections.includes(s)).flatMap((s) => by_section[s]),
    { kernel: 'tick', over: ['replica'] },
  ];
  const program = prune({ id: 'step', dims, buffers, hyper: plan.hyper, steps });
  return sections.length === SECTIONS.length ? program : leaveToHost(program);
}

/** Gives the host every buffer that no dispatch writes, and keeps every result. */
function leaveToHost(program: Program): Program {
  const written = new Set<string>();
  for (const launch of launchesOf(program)) {
    for (const b of shaderLibrary.kernel(launch.kernel).bindings)
      if (b.access !== 'in') written.add(launch.bind[b.name] ?? b.name);
  }
  const buffers = Object.fromEntries(
    Object.entries(program.buffers).map(([name, spec]): [string, BufferSpec] => [
      name,
      { ...spec, is_result: true, origin: written.has(name) ? spec.origin : 'host' },
    ]),
  );
  return { ...program, buffers };
}

/** The program of one greedy evaluation: `prompts` prompts from `first` on, one response each. */
export function buildEvaluation(plan: StepPlan, first: number, prompts: number): Program {
  const { instance, policy, batch: settings } = plan;
  const batch: Batch = {
    prefix: 'rollout_',
    prompt: prompts,
    member: 1,
    total_sequence: prompts,
    group: prompts,
    total_member: 1,
    tokens: 'tokens',
    prompt_index: 'prompt_index',
  };
  const rollout = rolloutSteps(plan, policy, batch, true, false);
  const dims = {
    ...commonDims(instance, prompts, 1, settings.replicas),
    ...policy.dims,
    hyper: plan.hyper.length,
    first_prompt: first,
    ...rollout.dims,
  };
  const steps: Step[] = [
    drawPrompts('in_order'),
    ...rollout.steps,
    score(plan.task),
    {
      kernel: 'evaluate_metrics',
      over: ['replica', 64],
      at: { column: metricColumn('accuracy') },
      note: 'share solved',
    },
  ];
  const shared = new Set(['hypers', 'clock', 'prompt_table', 'params', 'metrics']);
  const program = prune({
    id: 'evaluate',
    dims,
    buffers: { ...rolloutBuffers(), ...rollout.buffers },
    hyper: plan.hyper,
    steps,
  });
  return renameBuffers(program, (name) => (shared.has(name) ? name : `eval_${name}`));
}

/** Drops the buffers that no dispatch binds. */
function prune(program: Program): Program {
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
function renameBuffers(program: Program, rename: (name: string) => string): Program {
  const walk = (steps: Step[]): Step[] =>
    steps.map((step) => {
      if ('repeat' in step) return { ...step, dispatches: walk(step.dispatches) };
      const bind: Record<string, string> = {};
      for (const b of shaderLibrary.kernel(step.kernel).bindings) {
        if (b.kind !== 'uniform') bind[b.name] = rename(step.bind?.[b.name] ?? b.name);
      }
      return { ...step, bind };
    });
  const buffers = Object.fromEntries(Object.entries(program.buffers).map(([name, spec]) => [rename(name), spec]));
  return { ...program, buffers, steps: walk(program.steps) };
}
