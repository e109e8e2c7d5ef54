/**
 * A small causal transformer: pre-RMSNorm, learned positions, multi-head attention, GELU MLP, no biases. Forward and
 * backward are written out; the same forward runs a whole batch, the prompts of a rollout, or one decoding step, because a
 * range of rows is a range of rows (lib/rows.wgsl).
 */
import type { Affine, BufferSpec, Dispatch, Size, Step } from '../engine/program.ts';
import { type Batch, type BuildOptions, batchSizes, type Fragment, logitColumns, numLogitRows, numRows, type PolicyInstance, policy, type TaskShape, type Tensor } from './policy.ts';

/** Rows that one partial weight gradient adds up; more rows mean more splits, so that a GPU has enough to do. */
const ROWS_PER_SPLIT = 512;

/** A range of rows: `count` rows from `first`, `row_step` apart. */
interface Range {
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

function build(task: TaskShape, settings: Record<string, number>, { has_value_head, is_wide }: BuildOptions): PolicyInstance {
  const { layers: L, width: D, heads: H } = settings;
  if (D % (8 * H) !== 0) {
    throw new Error(`policy transformer: width ${D} is not a multiple of 8 × heads ${H}; choose at most ${D / 8} heads.`);
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
      buffers[p + name] = { type: 'f32', shape: ['replica', slot, `${p}row`, width], doc: docs[name], is_result: name === 'inverse_rms' };
      stride[name] = slot * row * width;
    }
    /** offset of slot `base + step · layer` of an activation */
    const slot = (name: string, base: number, step: number): Affine => {
      const width = widths[name][1];
      return is_kept || name === 'qkv' ? { base: base * row * width, layer: step * row * width } : (base % widths[name][0]) * row * width;
    };
    return { buffers, stride, slot };
  }

  const bound = (batch: Batch, names: Record<string, string>) =>
    Object.fromEntries(Object.entries(names).map(([k, v]) => [k, `${batch.prefix}${v}`]));

  /** The register block of a product: CPU drivers want a larger one than GPUs, if there are rows to fill it. */
  const blockOf = (num_rows: number) => (is_wide && num_rows >= 16 ? { suffix: '_wide', rows: 16, columns: 8 } : { suffix: '', rows: 8, columns: 4 });

  /** y = x W for a range of rows. */
  function product(batch: Batch, o: { x: string; y: string; input: number; output: number; weight: Affine; x_at?: Affine; y_at?: Affine; residual?: Affine; x_stride: number; y_stride: number; range: Range; params: string; note: string }): Dispatch {
    const block = blockOf(o.range.num_rows);
    return {
      kernel: `matmul${block.suffix}`,
      over: ['replica', [o.range.count, block.rows], [o.output, block.columns]],
      size: { count: o.range.count, input: o.input, output: o.output, x_stride: o.x_stride, y_stride: o.y_stride },
      at: {
        weight: o.weight,
        x: o.x_at ?? 0,
        y: o.y_at ?? 0,
        residual: o.residual ?? o.y_at ?? 0,
        first: o.range.first,
        row_step: o.range.row_step,
        count: o.range.num_rows,
        x_stride: o.x_stride,
        y_stride: o.y_stride,
      },
      bind: { ...bound(batch, { x: o.x, y: o.y }), params: o.params },
      slots: { matmul_epilogue: o.residual === undefined ? 'store' : 'add' },
      note: o.note,
    };
  }

  /** Embedding and layers over a range of rows. */
  function trunk(batch: Batch, range: Range, params: string, is_kept: boolean): Fragment {
    const { buffers, stride, slot } = activations(batch, is_kept);
    const { dims, size } = batchSizes(task, batch);
    const rows = { first: range.first, row_step: range.row_step };
    const ranged = { ...size, count: range.count, qkv_stride: stride.qkv, prob_stride: stride.probability, mixed_stride: stride.mixed };
    const norm = (which: number, gain: string): Dispatch => ({
      kernel: 'rms_norm',
      over: ['replica', range.count],
      size: { count: range.count, x_stride: stride.stream, y_stride: stride.normed, norm_stride: stride.inverse_rms },
      at: {
        gain: weight(gain),
        x: slot('stream', which, 2),
        y: slot('normed', which, 2),
        norm: slot('inverse_rms', which, 2),
        ...rows,
        y_first: range.first,
        y_row_step: range.row_step,
      },
      bind: { ...bound(batch, { x: 'stream', y: 'normed', inverse_rms: 'inverse_rms' }), params },
    });
    const linear = { range, params };
    const layers: Step[] = [
      norm(0, 'g1'),
      product(batch, { ...linear, x: 'normed', y: 'qkv', input: D, output: 3 * D, weight: weight('wqkv'), x_at: slot('normed', 0, 2), y_at: slot('qkv', 0, 1), x_stride: stride.normed, y_stride: stride.qkv, note: 'queries, keys, values' }),
      {
        kernel: 'attention_scores',
        over: ['replica', range.count, 'head'],
        size: ranged,
        at: { ...rows, qkv: slot('qkv', 0, 1), prob: slot('probability', 0, 1) },
        bind: bound(batch, { qkv: 'qkv', probability: 'probability' }),
      },
      {
        kernel: 'attention_mix',
        over: ['replica', range.count, ['width', 4]],
        size: ranged,
        at: { ...rows, qkv: slot('qkv', 0, 1), prob: slot('probability', 0, 1), mixed: slot('mixed', 0, 1) },
        bind: bound(batch, { qkv: 'qkv', probability: 'probability', mixed: 'mixed' }),
      },
      product(batch, { ...linear, x: 'mixed', y: 'stream', input: D, output: D, weight: weight('wo'), x_at: slot('mixed', 0, 1), y_at: slot('stream', 1, 2), residual: slot('stream', 0, 2), x_stride: stride.mixed, y_stride: stride.stream, note: 'attention into the residual stream' }),
      norm(1, 'g2'),
      product(batch, { ...linear, x: 'normed', y: 'u', input: D, output: F, weight: weight('w1'), x_at: slot('normed', 1, 2), y_at: slot('u', 0, 1), x_stride: stride.normed, y_stride: stride.u, note: 'MLP in' }),
      {
        kernel: 'gelu_forward',
        over: ['replica', range.count, ['hidden', 4]],
        size: { count: range.count, hidden_stride: stride.u },
        at: { offset: slot('u', 0, 1), ...rows },
        bind: bound(batch, { u: 'u', h: 'h' }),
      },
      product(batch, { ...linear, x: 'h', y: 'stream', input: F, output: D, weight: weight('w2'), x_at: slot('h', 0, 1), y_at: slot('stream', 2, 2), residual: slot('stream', 1, 2), x_stride: stride.h, y_stride: stride.stream, note: 'MLP into the residual stream' }),
    ];
    return {
      dims,
      buffers,
      steps: [
        {
          kernel: 'embed',
          over: ['replica', range.count, ['width', 4]],
          size: { ...size, count: range.count, x_stride: stride.stream },
          at: { ...rows, tok: at.tok, pos: at.pos },
          bind: { tokens: batch.tokens, ...bound(batch, { sequence_index: 'sequence_index', x: 'stream' }), params },
        },
        { repeat: 'layer', count: 'layer', dispatches: layers },
      ],
    };
  }

  const finalSlot = (batch: Batch, is_kept: boolean) => (is_kept ? 2 * L : 0) * numRows(task, batch) * D;

  /** Final norm and head of some ranges of the stream; `to` is the range of rows of logits they land in. */
  function head(batch: Batch, ranges: { from: Range; to: Range }[], params: string, is_kept: boolean): Fragment {
    const { stride } = activations(batch, is_kept);
    const p = batch.prefix;
    const logit_row = numLogitRows(task, batch);
    const whole: Range = { first: 0, row_step: 1, count: `${p}logit_row`, num_rows: logit_row };
    return {
      dims: {},
      buffers: {
        [`${p}final_normed`]: { type: 'f32', shape: ['replica', `${p}logit_row`, 'width'], doc: 'output of the last norm' },
        [`${p}final_inverse_rms`]: { type: 'f32', shape: ['replica', `${p}logit_row`], doc: '1 / rms of the last norm', is_result: true },
        [`${p}logits`]: { type: 'f32', shape: ['replica', `${p}logit_row`, 'logit_column'], doc: 'unnormalised log-probabilities' },
      },
      steps: [
        ...ranges.map(
          ({ from, to }): Dispatch => ({
            kernel: 'rms_norm',
            over: ['replica', from.count],
            size: { count: from.count, x_stride: stride.stream, y_stride: logit_row * D, norm_stride: logit_row },
            at: { gain: at.gf, x: finalSlot(batch, is_kept), y: 0, norm: 0, first: from.first, row_step: from.row_step, y_first: to.first, y_row_step: to.row_step },
            bind: { ...bound(batch, { x: 'stream', y: 'final_normed', inverse_rms: 'final_inverse_rms' }), params },
            note: 'last norm',
          }),
        ),
        product(batch, {
          x: 'final_normed', y: 'logits', input: D, output: logit_column, weight: at.head,
          x_stride: logit_row * D, y_stride: logit_row * logit_column,
          range: ranges.length === 1 ? ranges[0].to : whole, params, note: 'logits',
        }),
      ],
    };
  }

  const merge = (...fragments: Fragment[]): Fragment => ({
    dims: Object.assign({}, ...fragments.map((f) => f.dims)),
    buffers: Object.assign({}, ...fragments.map((f) => f.buffers)),
    steps: fragments.flatMap((f) => f.steps),
  });

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

  function backward(batch: Batch): Fragment {
    const p = batch.prefix;
    const { stride, slot } = activations(batch, true);
    const { size, dims } = batchSizes(task, batch);
    const row = dims[`${p}row`];
    const logit_row = dims[`${p}logit_row`];
    const own = (name: string) => `${p}${name}`;
    const block = blockOf(logit_row);
    const wide = blockOf(is_wide ? 16 : 0); // a weight's block has no rows to run out of
    const d_buffer = (name: string, width: Size, doc: string, rows = `${p}row`): [string, BufferSpec] => [own(name), { type: 'f32', shape: ['replica', rows, width], doc }];
    const weightGradient = (o: { x: string; x_at: Affine; x_stride: number; d_y: string; count: string; input: number; output: number; weight: Affine }): Dispatch => ({
      kernel: `matmul_weight_backward${wide.suffix}`,
      over: ['replica', 'split', [o.input, wide.rows], [o.output, wide.columns]],
      size: { count: o.count, input: o.input, output: o.output, x_stride: o.x_stride, y_stride: dims[o.count] * o.output },
      at: { weight: o.weight, x: o.x_at, count: dims[o.count], x_stride: o.x_stride, y_stride: dims[o.count] * o.output },
      bind: { x: own(o.x), d_y: own(o.d_y) },
    });
    const inputGradient = (o: { d_y: string; d_x: string; count: string; input: number; output: number; weight: Affine }): Dispatch => ({
      kernel: `matmul_input_backward${block.suffix}`,
      over: ['replica', [o.count, block.rows], [o.input, block.columns]],
      size: { count: o.count, input: o.input, output: o.output, x_stride: dims[o.count] * o.input, y_stride: dims[o.count] * o.output },
      at: { weight: o.weight, count: dims[o.count], x_stride: dims[o.count] * o.input, y_stride: dims[o.count] * o.output },
      bind: { d_y: own(o.d_y), d_x: own(o.d_x) },
    });
    const normGradient = (which: number, gain: string): Dispatch[] => [
      {
        kernel: 'rms_gain_backward',
        over: ['replica', 'split', ['width', 4]],
        size: { count: `${p}row`, last_rows: 0, last_row_step: 1, x_stride: stride.stream, y_stride: row * D, norm_stride: stride.inverse_rms },
        at: { gain: weight(gain), x: slot('stream', which, 2), norm: slot('inverse_rms', which, 2) },
        bind: { x: own('stream'), d_y: own('d_normed'), inverse_rms: own('inverse_rms') },
      },
      {
        kernel: 'rms_norm_backward',
        over: ['replica', `${p}row`],
        size: { count: `${p}row`, x_stride: stride.stream, d_stride: row * D, y_stride: row * D, norm_stride: stride.inverse_rms },
        at: { gain: weight(gain), x: slot('stream', which, 2), norm: slot('inverse_rms', which, 2), first: 0, row_step: 1, y_first: 0, y_row_step: 1 },
        bind: { x: own('stream'), d_y: own('d_normed'), inverse_rms: own('inverse_rms'), d_x: own('d_stream') },
      },
    ];
    const attention = { size: { ...size, qkv_stride: stride.qkv, prob_stride: stride.probability }, at: { qkv: slot('qkv', 0, 1), prob: slot('probability', 0, 1) } };
    const rows = `${p}row`;
    const layers: Step[] = [
      weightGradient({ x: 'h', x_at: slot('h', 0, 1), x_stride: stride.h, d_y: 'd_stream', count: rows, input: F, output: D, weight: weight('w2') }),
      inputGradient({ d_y: 'd_stream', d_x: 'd_h', count: rows, input: F, output: D, weight: weight('w2') }),
      { kernel: 'gelu_backward', over: ['replica', rows, ['hidden', 4]], size: { ...size, hidden_stride: stride.u }, at: { offset: slot('u', 0, 1) }, bind: { u: own('u'), d_h: own('d_h') } },
      weightGradient({ x: 'normed', x_at: slot('normed', 1, 2), x_stride: stride.normed, d_y: 'd_h', count: rows, input: D, output: F, weight: weight('w1') }),
      inputGradient({ d_y: 'd_h', d_x: 'd_normed', count: rows, input: D, output: F, weight: weight('w1') }),
      ...normGradient(1, 'g2'),
      weightGradient({ x: 'mixed', x_at: slot('mixed', 0, 1), x_stride: stride.mixed, d_y: 'd_stream', count: rows, input: D, output: D, weight: weight('wo') }),
      inputGradient({ d_y: 'd_stream', d_x: 'd_mixed', count: rows, input: D, output: D, weight: weight('wo') }),
      { kernel: 'attention_backward_scores', over: ['replica', rows, 'head'], ...attention, bind: { qkv: own('qkv'), probability: own('probability'), d_mixed: own('d_mixed'), d_score: own('d_score') } },
      { kernel: 'attention_backward_qkv', over: ['replica', rows, ['width', 4]], ...attention, bind: { qkv: own('qkv'), probability: own('probability'), d_mixed: own('d_mixed'), d_score: own('d_score'), d_qkv: own('d_qkv') } },
      weightGradient({ x: 'normed', x_at: slot('normed', 0, 2), x_stride: stride.normed, d_y: 'd_qkv', count: rows, input: D, output: 3 * D, weight: weight('wqkv') }),
      inputGradient({ d_y: 'd_qkv', d_x: 'd_normed', count: rows, input: D, output: 3 * D, weight: weight('wqkv') }),
      ...normGradient(0, 'g1'),
    ];
    return {
      dims: { split: Math.max(1, Math.ceil(row / ROWS_PER_SPLIT)) },
      buffers: {
        d_params: { type: 'f32', shape: ['replica', 'split', 'param'], doc: 'partial gradients' },
        ...Object.fromEntries([
          d_buffer('d_final_normed', 'width', 'gradient at the last norm', `${p}logit_row`),
          d_buffer('d_stream', 'width', 'gradient of the residual stream'),
          d_buffer('d_normed', 'width', 'gradient of a norm'),
          d_buffer('d_h', 'hidden', 'gradient of the MLP'),
          d_buffer('d_mixed', 'width', 'gradient of the attention output'),
          d_buffer('d_qkv', 3 * D, 'gradient of queries, keys and values'),
          d_buffer('d_score', H * key, 'gradient of the attention scores'),
        ]),
      },
      steps: [
        weightGradient({ x: 'final_normed', x_at: 0, x_stride: logit_row * D, d_y: 'd_logits', count: `${p}logit_row`, input: D, output: logit_column, weight: at.head }),
        inputGradient({ d_y: 'd_logits', d_x: 'd_final_normed', count: `${p}logit_row`, input: D, output: logit_column, weight: at.head }),
        {
          kernel: 'rms_gain_backward',
          over: ['replica', 'split', ['width', 4]],
          size: { count: `${p}logit_row`, last_rows: `${p}prompt`, last_row_step: 'prompt_position', x_stride: stride.stream, y_stride: logit_row * D, norm_stride: logit_row },
          at: { gain: at.gf, x: finalSlot(batch, true), norm: 0 },
          bind: { x: own('stream'), d_y: own('d_final_normed'), inverse_rms: own('final_inverse_rms') },
        },
        { kernel: 'clear', over: ['replica', rows, ['width', 4]], size: { values: row * D }, bind: { cleared: own('d_stream') }, note: 'prompt rows without logits start at zero' },
        ...logitRanges(batch).map(
          ({ from, to }): Dispatch => ({
            kernel: 'rms_norm_backward',
            over: ['replica', from.count],
            size: { count: from.count, x_stride: stride.stream, d_stride: row * D, y_stride: logit_row * D, norm_stride: logit_row },
            at: { gain: at.gf, x: finalSlot(batch, true), norm: 0, first: from.first, row_step: from.row_step, y_first: to.first, y_row_step: to.row_step },
            bind: { x: own('stream'), d_y: own('d_final_normed'), inverse_rms: own('final_inverse_rms'), d_x: own('d_stream') },
          }),
        ),
        { repeat: 'layer', count: 'layer', is_reversed: true, dispatches: layers },
        {
          kernel: 'embed_backward',
          over: ['replica', 'split', 'embedding', ['width', 4]],
          size,
          at: { tok: at.tok, pos: at.pos },
          bind: { tokens: batch.tokens, sequence_index: own('sequence_index'), d_x: own('d_stream') },
        },
      ],
    };
  }

  return {
    id: 'transformer',
    num_parameters: total,
    tensors,
    logit_column,
    dims: { layer: L, width: D, head: H, hidden: F, key, logit_column, param: total, param_stride: total, embedding: task.vocab + task.prompt_position + task.position },
    forward(batch, params) {
      const p = batch.prefix;
      const body = trunk(batch, { first: 0, row_step: 1, count: `${p}row`, num_rows: numRows(task, batch) }, params, true);
      return merge(body, head(batch, logitRanges(batch), params, true), { dims: responseRows(batch), buffers: {}, steps: [] });
    },
    prefill(batch, is_kept) {
      const prompt_row = batch.prompt * task.prompt_position;
      const range: Range = { first: 0, row_step: 1, count: `${batch.prefix}prompt_row`, num_rows: prompt_row };
      const body = trunk(batch, range, 'params', is_kept);
      const dims = { [range.count]: prompt_row, ...responseRows(batch) };
      return merge(body, head(batch, logitRanges(batch).slice(0, 1), 'params', is_kept), { dims, buffers: {}, steps: [] });
    },
    decode(batch, is_kept) {
      const rows = { row_step: inputs, count: `${batch.prefix}sequence`, num_rows: batch.prompt * batch.member };
      const from: Range = { first: { base: batch.prompt * task.prompt_position, t: 1 }, ...rows };
      const to: Range = { first: { base: batch.prompt, t: 1 }, ...rows };
      return merge(trunk(batch, from, 'params', is_kept), head(batch, [{ from, to }], 'params', is_kept));
    },
    backward,
  };
}

export default policy({
  id: 'transformer',
  title: 'Transformer',
  summary: 'A small causal transformer; prompts share weights, so what is learned on one helps the others.',
  settings: {
    layers: { value: 2, min: 1, max: 4, scale: 'int', doc: 'number of layers' },
    width: { value: 64, min: 16, max: 128, scale: 'power_of_two', doc: 'channels of the residual stream' },
    heads: { value: 4, min: 1, max: 8, scale: 'power_of_two', doc: 'attention heads; at most width / 8' },
  },
  learning_rate: 0.001,
  warm_up_learning_rate: 0.003,
  build,
});
