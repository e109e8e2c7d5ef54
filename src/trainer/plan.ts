/** What a step program is made of, and the parts' share of it: slots filled, stages in order. */
import { fillOf, type Parts, ROLES, type Stage } from '../algorithms/algorithm.ts';
import { shaderLibrary } from '../engine/library.ts';
import type { BufferSpec, Dispatch } from '../engine/program.ts';
import { type Batch, batchSizes, type PolicyInstance, type TaskShape } from '../policies/policy.ts';
import type { Task, TaskInstance } from '../tasks/task.ts';
import { metricColumn } from './metrics.ts';
import { needs } from './needs.ts';
import { taskSlots } from './slots.ts';

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
  /** which prompt each group asks: as the source says, or in order, for hosts that fill the table themselves */
  choose_prompt: 'by_source' | 'in_order';
}

/** Sizes that follow from the task. */
export const taskShape = (instance: TaskInstance): TaskShape => ({
  vocab: instance.vocab,
  prompt_position: instance.prompt_position,
  position: instance.position,
  prompt_count: instance.prompts.length,
});

/** Groups drawn per step: more than are trained on where the source chooses among them. */
export const drawnPrompts = (parts: Parts, batch: Record<string, number>): number =>
  batch.prompts * (needs(parts, 'kept_groups') ? batch.oversample : 1);

/** Demonstrations kept per prompt: many for few prompts, so that a mixture is one. */
export const demonstrationVariants = (prompts: number): number =>
  Math.min(64, Math.max(4, Math.floor(4096 / Math.max(prompts, 1))));

/** Groups and members per minibatch; throws one sentence when the batch cannot be split that way. */
export function splitBatch(prompts: number, members: number, minibatches: number): { prompt: number; member: number } {
  if (minibatches <= prompts && prompts % minibatches === 0) return { prompt: prompts / minibatches, member: members };
  const shares = minibatches / prompts;
  if (Number.isInteger(shares) && members % shares === 0) return { prompt: 1, member: members / shares };
  throw new Error(
    `batch: ${minibatches} minibatches do not divide ${prompts} prompts × ${members} responses. Choose a power of two up to ${prompts * members}.`,
  );
}

/** The part files that fill a kernel's slots: named by the dispatch, else the task's, else a part's. */
export function slotsFor(plan: Pick<StepPlan, 'task' | 'parts'>, kernel: string, given: Record<string, string> = {}) {
  const { slots } = shaderLibrary.kernel(kernel);
  const of_task = taskSlots(plan.task);
  return Object.fromEntries(slots.map((slot) => [slot, given[slot] ?? of_task[slot] ?? fillOf(plan.parts, slot).file]));
}

/** Names that a fragment prefixes: a part's dispatch means those of the batch it runs on. */
const BATCH_BUFFERS = ['sequence_index', 'logits', 'now', 'd_logits'];

/**
 * The parts' dispatches of a stage, in the order of the roles, with what only the builder knows: the parts that fill their
 * slots, the column of the part's first metric, and within an update the sizes and buffer names of the batch.
 */
export function stageSteps(plan: StepPlan, stage: Stage, batch?: Batch): Dispatch[] {
  return ROLES.flatMap((role) =>
    (plan.parts[role].dispatches?.[stage] ?? []).map((dispatch): Dispatch => {
      const slots = slotsFor(plan, dispatch.kernel, dispatch.slots);
      // a kernel that writes columns of the metrics row begins with the first of the part's own
      const { metrics } = plan.parts[role];
      const has_column = shaderLibrary.kernel(dispatch.kernel).at.includes('column') && metrics;
      const at = has_column ? { column: metricColumn(metrics[0]), ...dispatch.at } : dispatch.at;
      if (!batch) return { ...dispatch, at, slots };
      const size: Record<string, string | number> = batchSizes(taskShape(plan.instance), batch).size;
      const bound = shaderLibrary.kernel(dispatch.kernel).bindings.map((b) => b.name);
      const bind = Object.fromEntries(
        BATCH_BUFFERS.filter((name) => bound.includes(name)).map((name) => [name, `${batch.prefix}${name}`]),
      );
      return {
        ...dispatch,
        at,
        slots,
        over: dispatch.over.map((d) => (typeof d === 'string' ? (size[d] ?? d) : d)),
        size: { ...size, ...dispatch.size },
        bind: { ...bind, ...dispatch.bind },
      };
    }),
  );
}

/** True when a part reads which responses are right, and no reward part says it itself: the verifier's reward is then judged. */
export function needsVerdicts(parts: Parts): boolean {
  const accesses = ROLES.flatMap((role) => Object.values(parts[role].dispatches ?? {}).flat()).flatMap((dispatch) =>
    shaderLibrary
      .kernel(dispatch.kernel)
      .bindings.filter((b) => (dispatch.bind?.[b.name] ?? b.name) === 'verdicts')
      .map((b) => b.access),
  );
  return accesses.length > 0 && accesses.every((access) => access === 'in');
}

/** Buffers that parts bring along. */
export const partBuffers = (parts: Parts): Record<string, BufferSpec> =>
  Object.assign({}, ...ROLES.map((role) => parts[role].buffers ?? {}));
