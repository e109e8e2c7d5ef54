/** Builds the program of a training step. The order of work in a step is written here, once. */
import { complainParts } from '../algorithms/algorithm.ts';
import { shaderLibrary } from '../engine/library.ts';
import { type BufferSpec, type Dispatch, launchesOf, type Program, type Step } from '../engine/program.ts';
import { type Batch, batchSizes, type Fragment } from '../policies/policy.ts';
import {
  commonDims,
  DRAW,
  drawPrompts,
  f32,
  prune,
  renameSteps,
  rolloutBuffers,
  rolloutSteps,
  score,
  scoreLogp,
  u32,
  updateSteps,
} from './fragments.ts';
import { metricColumn } from './metrics.ts';
import { hasOwnReward, needs } from './needs.ts';
import {
  demonstrationVariants,
  drawnPrompts,
  needsVerdicts,
  partBuffers,
  type StepPlan,
  splitBatch,
  stageSteps,
  taskShape,
} from './plan.ts';

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
  const { prompts, group_size, minibatches, epochs, replicas, staleness } = settings;
  const drawn = drawnPrompts(parts, settings);
  const minibatch = splitBatch(prompts, group_size, minibatches);
  const has_samples = !needs(parts, 'no_samples');
  const has_kept = needs(parts, 'kept_groups');
  const is_stale = staleness > 0 && has_samples;
  const source = {
    total_sequence: drawn * group_size,
    group: drawn,
    total_member: group_size,
    tokens: 'tokens',
    prompt_index: 'prompt_index',
  };
  const whole: Batch = { prefix: 'rollout_', prompt: drawn, member: group_size, ...source };
  // a whole rollout, as it is, needs no list of its groups
  const is_whole = minibatches === 1 && !has_kept;
  // a single update on the whole rollout is strictly on-policy: its forward pass has already been done by the rollout
  const is_fresh =
    is_whole &&
    epochs === 1 &&
    !is_stale &&
    parts.source.dispatches === undefined &&
    has_samples &&
    sections.includes('rollout') &&
    sections.includes('update');
  const mini: Batch = is_fresh ? whole : { prefix: 'mb_', ...minibatch, ...source };
  const has_value = needs(parts, 'value');
  const per_token = parts.advantage.is_per_token === true;

  const nothing: Fragment = { dims: {}, buffers: {}, steps: [] };
  const rollout = has_samples ? rolloutSteps(plan, policy, whole, DRAW.sample, is_fresh) : nothing;
  const greedy = needs(parts, 'greedy_reward') ? greedySteps(plan, drawn) : nothing;
  const old =
    is_stale && !needs(parts, 'sampler_as_old') ? scoreLogp(plan, { ...whole, prefix: 'old_' }, 'params', 1) : nothing;
  const anchor = plan.has_ref_logp ? scoreLogp(plan, { ...whole, prefix: 'ref_' }, 'ref_params', 2) : nothing;
  const update = updateSteps(plan, mini, is_fresh);
  const watch = settings.entropy_watch === 1 ? watchSteps(plan, { ...whole, prefix: 'watch_' }) : undefined;

  const dims: Record<string, number> = {
    ...commonDims(instance, drawn, group_size, replicas),
    ...policy.dims,
    hyper: plan.hyper.length,
    group: drawn,
    group_end: drawn + 1,
    kept_prompt: prompts,
    total_sequence: drawn * group_size,
    advantage_stride: per_token ? Math.ceil(instance.position / 4) * 4 : 1,
    token_advantage_stride: Math.ceil(instance.position / 4) * 4,
    variant: demonstrationVariants(instance.prompts.length),
    table_row: instance.position + 1,
    staleness,
    minibatch: minibatches,
    param_chunk: Math.ceil(policy.num_parameters / 64),
    mb_prompt: mini.prompt,
    mb_member: mini.member,
    mb_sequence: mini.prompt * mini.member,
    first_prompt: 0,
    ...rollout.dims,
    ...greedy.dims,
    ...old.dims,
    ...anchor.dims,
    ...update.dims,
    ...watch?.dims,
  };

  const buffers: Record<string, BufferSpec> = {
    ...rolloutBuffers(),
    ...rollout.buffers,
    ...greedy.buffers,
    ...old.buffers,
    ...anchor.buffers,
    ...update.buffers,
    ...watch?.buffers,
    advantage: f32(['replica', 'sequence', 'advantage_stride'], 'Â', { is_result: true }),
    group_start: u32(['replica', 'group_end'], 'where each group starts in group_member', { origin: 'host' }),
    group_member: u32(['replica', 'sequence'], 'responses by group', { origin: 'host' }),
    demonstration_table: u32(['prompt_count', 'variant', 'table_row'], 'solutions of every prompt', { origin: 'host' }),
    token_rewards: f32(['replica', 'sequence', 'position_stride'], 'reward of each token'),
    token_advantage: f32(['replica', 'sequence', 'position_stride'], 'advantage before whitening'),
    whiten_stat: f32(['replica', 2], 'mean and variance of the advantage before whitening', { is_result: true }),
    baseline: f32(['replica'], 'moving average of the reward', { origin: 'kept' }),
    prompt_order: u32(['replica', 'kept_prompt'], 'order of the groups in this epoch'),
    kept_group: u32(
      ['replica', 'kept_prompt'],
      'where the groups that are trained on lie in the rollout',
      has_kept ? {} : { origin: 'host' },
    ),
    mb_sequence_index: u32(
      ['replica', 'mb_sequence'],
      'responses of the minibatch',
      is_whole ? { origin: 'host' } : {},
    ),
    ref_params: f32(['replica', 'param'], 'the frozen start weights', { origin: 'host' }),
    ref_sequence_index: u32(['replica', 'sequence'], '0, 1, 2 …', { origin: 'host' }),
    old_sequence_index: u32(['replica', 'sequence'], '0, 1, 2 …', { origin: 'host' }),
    sampler_params: f32(['replica', 'param'], 'the weights that draw this rollout'),
    params_history: f32(['replica', 'staleness', 'param'], 'the weights of the last steps', { origin: 'kept' }),
    ...partBuffers(parts),
  };

  const order = { prompt: 'kept_prompt' };
  const select: Step[] = is_whole
    ? []
    : [
        {
          kernel: 'select_minibatch',
          over: ['replica', 'mb_sequence'],
          size: order,
          at: { minibatch: { minibatch: 1 } },
          bind: { sequence_index: 'mb_sequence_index' },
        },
      ];
  const epoch: Step[] = [
    ...(is_whole
      ? []
      : [
          {
            kernel: 'shuffle_prompts',
            over: ['replica', 'kept_prompt'],
            size: order,
            at: { epoch: { epoch: 1 } },
          } satisfies Dispatch,
        ]),
    { repeat: 'minibatch', count: 'minibatch', dispatches: [...select, ...update.steps] },
  ];
  const own_reward = hasOwnReward(parts);
  const choose =
    plan.choose_prompt === 'in_order' ? 'in_order' : (parts.source.slots?.choose_prompt?.file ?? 'uniform');
  const sampler = is_stale
    ? [
        {
          kernel: 'lag_params',
          over: ['replica', ['param', 4]],
          note: `the weights of ${staleness} steps ago`,
        } satisfies Dispatch,
        ...renameSteps(rollout.steps, (name) => (name === 'params' ? 'sampler_params' : name)),
      ]
    : rollout.steps;
  const by_section: Record<Section, Step[]> = {
    rollout: [
      drawPrompts(choose, needs(parts, 'common_prompts')),
      ...sampler,
      ...greedy.steps,
      ...stageSteps(plan, 'respond'),
      score(plan, own_reward ? 'true_rewards' : 'rewards'),
      ...stageSteps(plan, 'reward'),
      ...(needsVerdicts(parts)
        ? [{ kernel: 'judge_responses', over: ['replica', 'sequence'], note: 'right or wrong' } satisfies Dispatch]
        : []),
    ],
    advantage: [
      ...stageSteps(plan, 'select'),
      ...old.steps,
      ...anchor.steps,
      ...(needs(parts, 'token_reward')
        ? [{ kernel: 'token_reward', over: ['replica', 'sequence'], note: 'rewards onto tokens' } satisfies Dispatch]
        : []),
      ...stageSteps(plan, 'advantage'),
      ...(watch?.before ?? []),
    ],
    update: [{ repeat: 'epoch', count: epochs, dispatches: epoch }],
    report: [
      { kernel: 'step_metrics', over: ['replica', 64] },
      ...(has_samples
        ? [
            {
              kernel: 'covariance_metrics',
              over: ['replica', 64],
              at: { column: metricColumn('covariance') },
            } satisfies Dispatch,
          ]
        : []),
      ...(own_reward
        ? [
            {
              kernel: 'mean_metric',
              over: ['replica', 64],
              at: { column: metricColumn('true_reward') },
              bind: { measured: 'true_rewards' },
              note: 'what the verifier said',
            } satisfies Dispatch,
          ]
        : []),
      ...(watch?.after ?? []),
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
  // without an opinion of its own the reward is what the verifier said
  const steps = renameTrueRewards(
    [
      ...SECTIONS.filter((s) => sections.includes(s)).flatMap((s) => by_section[s]),
      { kernel: 'tick', over: ['replica'] },
    ],
    own_reward,
  );
  const program = prune({ id: 'step', dims, buffers, hyper: plan.hyper, steps });
  return sections.length === SECTIONS.length ? program : leaveToHost(program);
}

/** Where no part rewrites the verifier's rewards, whoever reads `true_rewards` reads `rewards`. */
function renameTrueRewards(steps: Step[], own_reward: boolean): Step[] {
  if (own_reward) return steps;
  return steps.map((step) => {
    if ('repeat' in step) return { ...step, dispatches: renameTrueRewards(step.dispatches, own_reward) };
    const reads = shaderLibrary.kernel(step.kernel).bindings.some((b) => b.name === 'true_rewards');
    return reads ? { ...step, bind: { true_rewards: 'rewards', ...step.bind } } : step;
  });
}

/** The greedy response to every prompt of the step, and its reward in `greedy_rewards`. */
function greedySteps(plan: StepPlan, prompts: number): Fragment {
  const batch: Batch = {
    prefix: 'greedy_',
    prompt: prompts,
    member: 1,
    total_sequence: prompts,
    group: prompts,
    total_member: 1,
    tokens: 'greedy_tokens',
    prompt_index: 'greedy_prompt_index',
  };
  const { size } = batchSizes(taskShape(plan.instance), batch);
  const rollout = rolloutSteps(plan, plan.policy, batch, DRAW.greedy, false);
  const own = rolloutBuffers();
  const shared = ['hypers', 'clock', 'prompt_table', 'params', 'metrics'];
  const rename = (name: string) => (name in own && !shared.includes(name) ? `greedy_${name}` : name);
  const choose =
    plan.choose_prompt === 'in_order' ? 'in_order' : (plan.parts.source.slots?.choose_prompt?.file ?? 'uniform');
  const sized = (steps: Step[]): Step[] =>
    steps.map((step) =>
      'repeat' in step
        ? { ...step, dispatches: sized(step.dispatches) }
        : {
            ...step,
            size: { ...size, ...step.size },
            over: step.over.map((d) => (d === 'sequence' ? 'greedy_sequence' : d)),
          },
    );
  const steps = sized([
    drawPrompts(choose, needs(plan.parts, 'common_prompts')),
    ...rollout.steps,
    {
      ...score(plan, hasOwnReward(plan.parts) ? 'true_rewards' : 'rewards'),
      note: 'the verifier, on the greedy responses',
    },
    // rewards of samples and of greedy responses are compared, so the same parts rewrite both
    ...stageSteps(plan, 'reward').map(
      (step): Dispatch => ({ ...step, at: step.at?.is_greedy === undefined ? step.at : { ...step.at, is_greedy: 1 } }),
    ),
  ]);
  const shapes: Record<string, string> = { sequence: 'greedy_sequence', prompt: 'greedy_prompt' };
  const buffers = Object.fromEntries(
    Object.entries(own)
      .filter(([name]) => !shared.includes(name))
      .map(([name, spec]) => [
        name === 'rollout_sequence_index' ? 'greedy_sequence_index' : `greedy_${name}`,
        { ...spec, is_result: true, shape: spec.shape.map((d) => shapes[d] ?? d) },
      ]),
  );
  return { dims: rollout.dims, buffers: { ...buffers, ...rollout.buffers }, steps: renameSteps(steps, rename) };
}

/**
 * Forward passes over the whole rollout before and after the updates of a step, and what lies between the two: the change of
 * the entropy, and minus the covariance of log π and the change of the logits, which it is to first order (arXiv 2505.22617).
 */
function watchSteps(
  plan: StepPlan,
  batch: Batch,
): Pick<Fragment, 'dims' | 'buffers'> & { before: Step[]; after: Step[] } {
  const p = batch.prefix;
  const forward = plan.policy.forward(batch, 'params');
  const size = { logit_row: `${p}logit_row` };
  const [logits, logits_after] = [`${p}logits`, `${p}logits_after`];
  return {
    dims: forward.dims,
    buffers: {
      ...forward.buffers,
      [logits_after]: { ...forward.buffers[logits], doc: 'logits after the updates' },
      [`${p}sequence_index`]: u32(['replica', 'sequence'], '0, 1, 2 …', { origin: 'host' }),
      row_stat: f32(
        ['replica', `${p}logit_row`, 4],
        'entropy before and after the updates, covariance of log π and the change of the logits',
      ),
    },
    before: forward.steps,
    after: [
      ...renameSteps(forward.steps, (name) => (name === logits ? logits_after : name)),
      {
        kernel: 'entropy_change',
        over: ['replica', `${p}logit_row`],
        size,
        bind: { logits, logits_after },
        note: 'entropy before and after, and the covariance that predicts the difference',
      },
      {
        kernel: 'entropy_change_metrics',
        over: ['replica', 64],
        size,
        at: { column: metricColumn('entropy_change') },
      },
    ],
  };
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
