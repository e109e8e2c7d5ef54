/** Sizes, parameter offsets and activation buffers of a transformer: what its forward and backward both need. */
import type { Affine, BufferSpec } from '../../engine/program.ts';
import {
  type Batch,
  type BuildOptions,
  type Fragment,
  logitColumns,
  numRows,
  type TaskShape,
  type Tensor,
} from '../policy.ts';

/** A range of rows: `num_rows` rows from `first`, `row_step` apart. */
export interface Range {
  first: Affine;
  row_step: number;
  /** dimension name of the number of rows, and the number itself */
  count: string;
  num_rows: number;
}

function layout(task: TaskShape, L: number, D: number, logit_column: number) {
  const tensors: Tensor[] = [];
  let offset = 0;
  const add = (name: string, shape: number[], init: number | 'one', columns?: number) => {
    tensors.push({ name, shape, offset, init, columns });
    offset += shape.reduce((a, b) => a * b, 1);
  };
  const F = 4 * D;
  add('tok', [task.vocab, D], 0.5);
  add('pos', [task.prompt_position + task.position, D], 0.5);
  for (let l = 0; l < L; l++) {
    add(`g1_${l}`, [D], 'one');
    add(`wqkv_${l}`, [D, 3 * D], 1 / Math.sqrt(D));
    add(`wo_${l}`, [D, D], 1 / Math.sqrt(2 * L * D));
    add(`g2_${l}`, [D], 'one');
    add(`w1_${l}`, [D, F], 1 / Math.sqrt(D));
    add(`w2_${l}`, [F, D], 1 / Math.sqrt(2 * L * F));
  }
  add('gf', [D], 'one');
  add('head', [D, logit_column], 0.5 / Math.sqrt(D), task.vocab);
  const at = Object.fromEntries(tensors.map((t) => [t.name, t.offset]));
  return { tensors, at, total: offset, layer: L > 1 ? at.g1_1 - at.g1_0 : 0 };
}

/** Everything that follows from the task and the settings; throws one sentence when they do not fit. */
export function sizesOf(task: TaskShape, settings: Record<string, number>, { has_value_head, is_wide }: BuildOptions) {
  const { layers: L, width: D, heads: H } = settings;
  if (D % (8 * H) !== 0) {
    throw new Error(
      `policy transformer: width ${D} is not a multiple of 8 × heads ${H}; choose at most ${D / 8} heads.`,
    );
  }
  const logit_column = logitColumns(task.vocab, has_value_head);
  const { tensors, at, total, layer } = layout(task, L, D, logit_column);
  const inputs = task.position - 1;
  const key = task.prompt_position + inputs;
  const F = 4 * D;
  /** offset of a weight that every layer has */
  const weight = (name: string): Affine => ({ base: at[`${name}_0`], layer });

  /** Buffers and strides of the activations; `is_kept` keeps every layer's for the backward pass. */
  function activations(batch: Batch, is_kept: boolean) {
    const p = batch.prefix;
    const row = numRows(task, batch);
    const slots = { stream: is_kept ? 2 * L + 1 : 2, normed: is_kept ? 2 * L : 1, layer: is_kept ? L : 1 };
    const widths: Record<string, [number, number]> = {
      stream: [slots.stream, D],
      normed: [slots.normed, D],
      inverse_rms: [slots.normed, 1],
      qkv: [L, 3 * D],
      probability: [slots.layer, H * key],
      mixed: [slots.layer, D],
      u: [slots.layer, F],
      h: [slots.layer, F],
    };
    const docs: Record<string, string> = {
      stream: 'residual stream before each norm',
      normed: 'output of each norm',
      inverse_rms: '1 / rms of each norm',
      qkv: 'queries, keys and values; in a rollout, the cache',
      probability: 'attention probabilities',
      mixed: 'attention output before its projection',
      u: 'MLP before GELU',
      h: 'MLP after GELU',
    };
    const buffers: Record<string, BufferSpec> = {};
    const stride: Record<string, number> = {};
    for (const [name, [slot, width]] of Object.entries(widths)) {
      buffers[p + name] = {
        type: 'f32',
        shape: ['replica', slot, `${p}row`, width],
        doc: docs[name],
        is_result: name === 'inverse_rms',
      };
      stride[name] = slot * row * width;
    }
    /** offset of slot `base + step · layer` of an activation */
    const slot = (name: string, base: number, step: number): Affine => {
      const width = widths[name][1];
      return is_kept || name === 'qkv'
        ? { base: base * row * width, layer: step * row * width }
        : (base % widths[name][0]) * row * width;
    };
    return { buffers, stride, slot };
  }

  const bound = (batch: Batch, names: Record<string, string>) =>
    Object.fromEntries(Object.entries(names).map(([k, v]) => [k, `${batch.prefix}${v}`]));

  /** The register block of a product: CPU drivers want a larger one than GPUs, if there are rows to fill it. */
  const blockOf = (num_rows: number) =>
    is_wide && num_rows >= 16 ? { suffix: '_wide', rows: 16, columns: 8 } : { suffix: '', rows: 8, columns: 4 };

  /** offset of the last norm's input in the residual stream */
  const finalSlot = (batch: Batch, is_kept: boolean) => (is_kept ? 2 * L : 0) * numRows(task, batch) * D;

  /** The rows whose logits are wanted: the last row of each prompt, then every response row. */
  function logitRanges(batch: Batch): { from: Range; to: Range }[] {
    const p = batch.prefix;
    const prompts = { count: `${p}prompt`, num_rows: batch.prompt };
    const responses = { count: `${p}response_row`, num_rows: batch.prompt * batch.member * inputs };
    const last = {
      from: { first: task.prompt_position - 1, row_step: task.prompt_position, ...prompts },
      to: { first: 0, row_step: 1, ...prompts },
    };
    const rest = {
      from: { first: batch.prompt * task.prompt_position, row_step: 1, ...responses },
      to: { first: batch.prompt, row_step: 1, ...responses },
    };
    return inputs > 0 ? [last, rest] : [last];
  }
  const responseRows = (batch: Batch): Record<string, number> =>
    inputs > 0 ? { [`${batch.prefix}response_row`]: batch.prompt * batch.member * inputs } : {};

  return {
    task,
    L,
    D,
    H,
    F,
    key,
    inputs,
    logit_column,
    tensors,
    at,
    total,
    weight,
    activations,
    bound,
    blockOf,
    finalSlot,
    is_wide,
    logitRanges,
    responseRows,
  };
}
export type Sizes = ReturnType<typeof sizesOf>;

/** Several fragments as one. */
export const merge = (...fragments: Fragment[]): Fragment => ({
  dims: Object.assign({}, ...fragments.map((f) => f.dims)),
  buffers: Object.assign({}, ...fragments.map((f) => f.buffers)),
  steps: fragments.flatMap((f) => f.steps),
});
