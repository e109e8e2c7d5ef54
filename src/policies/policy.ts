/** What a policy is: parameters in one flat vector per replica, and its forward and backward as program fragments. */
import type { BufferSpec, Step } from '../engine/program.ts';
import { PURPOSE, randomNormal } from '../engine/random.ts';
import type { KnobTable } from '../engine/table.ts';

/** What a policy must know of the task. */
export interface TaskShape {
  /** symbols 0 … vocab − 1 */
  vocab: number;
  /** symbols per prompt */
  prompt_position: number;
  /** symbols per response, at most */
  position: number;
  /** rows of the prompt table */
  prompt_count: number;
}

/** What the run asks of a policy besides its settings. */
export interface BuildOptions {
  has_value_head: boolean;
  /** a WebGPU adapter that runs on the CPU: products in large register blocks */
  is_wide: boolean;
}

/** A batch of groups that a fragment works on. `lib/rows.wgsl` says how its tokens lie in rows. */
export interface Batch {
  /** prepended to the names of the fragment's buffers and dimensions */
  prefix: string;
  /** groups, and responses per group */
  prompt: number;
  member: number;
  /** responses in `tokens`, of which `<prefix>sequence_index` picks prompt · member */
  total_sequence: number;
  /** groups in `prompt_index`, and members of each there */
  group: number;
  total_member: number;
  /** names of the buffers with tokens and prompt indices */
  tokens: string;
  prompt_index: string;
}

/** A tensor inside the flat parameter vector. */
export interface Tensor {
  name: string;
  shape: number[];
  offset: number;
  /** standard deviation of the initial values; 'one' for gains */
  init: number | 'one';
  /** only the first so many columns are drawn, the others start at 0 */
  columns?: number;
}

/** A program fragment: dispatches with the dimensions and buffers they introduce. */
export interface Fragment {
  dims: Record<string, number>;
  buffers: Record<string, BufferSpec>;
  steps: Step[];
}

/** A policy of fixed sizes. Buffers named below carry the batch's prefix. */
export interface PolicyInstance {
  id: string;
  /** parameters of one replica, a multiple of 4 */
  num_parameters: number;
  tensors: readonly Tensor[];
  /** columns of a row of logits: the vocabulary, the value column if any, padding to a multiple of 8 */
  logit_column: number;
  /** dimensions that all fragments share */
  dims: Record<string, number>;
  /** `logits` [replica, logit_row, logit_column] of a whole batch; `params` names the weights */
  forward(batch: Batch, params: string): Fragment;
  /** from `d_logits` to `d_params` [replica, split, param], on the activations that a forward or a rollout kept */
  backward(batch: Batch): Fragment;
  /** the rows of `logits` that follow the prompts; with `is_kept` the activations stay for a backward pass */
  prefill(batch: Batch, is_kept: boolean): Fragment;
  /** the rows of `logits` that follow response symbol `t`, inside a repeat over `t` */
  decode(batch: Batch, is_kept: boolean): Fragment;
  /** for a table: where the logits that predict response symbol `t` lie among the parameters */
  row_of?(prompt_index: number, t: number, previous: number): number;
}

/** A family of policies. */
export interface Policy {
  /** file stem, URL value */
  id: string;
  title: string;
  summary: string;
  settings: KnobTable;
  /** learning rates at which this policy trains well: from rewards, and from demonstrations */
  learning_rate: number;
  warm_up_learning_rate: number;
  /** Sizes for a task; throws one sentence when they do not fit. */
  build(task: TaskShape, settings: Record<string, number>, options: BuildOptions): PolicyInstance;
}

/** Declares a policy; exists for the type check. */
export const policy = (declaration: Policy): Policy => declaration;

/** Rows of a batch: shared prompt rows, then the input rows of the responses. */
export const numRows = (task: TaskShape, batch: Pick<Batch, 'prompt' | 'member'>): number =>
  batch.prompt * task.prompt_position + batch.prompt * batch.member * (task.position - 1);

/** Rows of logits of a batch: one per group, then one per response input. */
export const numLogitRows = (task: TaskShape, batch: Pick<Batch, 'prompt' | 'member'>): number =>
  batch.prompt + batch.prompt * batch.member * (task.position - 1);

/** Columns of a row of logits. */
export const logitColumns = (vocab: number, has_value_head: boolean): number =>
  Math.ceil((vocab + (has_value_head ? 1 : 0)) / 8) * 8;

/** The start weights of one replica, a pure function of its seed. */
export function initialParameters(instance: PolicyInstance, seed: number): Float32Array {
  const out = new Float32Array(instance.num_parameters);
  for (const tensor of instance.tensors) {
    const size = tensor.shape.reduce((a, b) => a * b, 1);
    const width = tensor.shape[tensor.shape.length - 1];
    const drawn = tensor.columns ?? width;
    for (let i = 0; i < size; i++) {
      const at = tensor.offset + i;
      if (tensor.init === 'one') out[at] = 1;
      else if (tensor.init > 0 && i % width < drawn) out[at] = tensor.init * randomNormal(seed, PURPOSE.weight, at);
    }
  }
  return out;
}

/** The dimensions of a batch under its prefix, and the sizes by which kernels know them. */
export function batchSizes(task: TaskShape, batch: Batch) {
  const p = batch.prefix;
  const dims = {
    [`${p}prompt`]: batch.prompt,
    [`${p}member`]: batch.member,
    [`${p}sequence`]: batch.prompt * batch.member,
    [`${p}row`]: numRows(task, batch),
    [`${p}logit_row`]: numLogitRows(task, batch),
  };
  const size = {
    prompt: `${p}prompt`,
    member: `${p}member`,
    sequence: `${p}sequence`,
    row: `${p}row`,
    logit_row: `${p}logit_row`,
    total_sequence: batch.total_sequence,
    group: batch.group,
    total_member: batch.total_member,
  };
  return { dims, size };
}
