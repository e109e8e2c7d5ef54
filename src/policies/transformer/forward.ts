/** The transformer's forward pass over a range of rows: a whole batch, the prompts of a rollout, or one decoding step. */
import type { Affine, Dispatch, Step } from '../../engine/program.ts';
import { type Batch, batchSizes, type Fragment, numLogitRows } from '../policy.ts';
import type { Range, Sizes } from './sizes.ts';

interface Product {
  x: string;
  y: string;
  input: number;
  output: number;
  weight: Affine;
  x_at?: Affine;
  y_at?: Affine;
  residual?: Affine;
  epilogue?: 'gelu';
  x_stride: number;
  y_stride: number;
  range: Range;
  params: string;
  note: string;
}

/** y = x W for a range of rows. */
function product(s: Sizes, batch: Batch, o: Product): Dispatch {
  const { blockOf, bound } = s;
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
    slots: { matmul_epilogue: o.epilogue ?? (o.residual === undefined ? 'store' : 'add') },
    note: o.note,
  };
}

/** Embedding and layers over a range of rows. */
export function trunk(s: Sizes, batch: Batch, range: Range, params: string, is_kept: boolean): Fragment {
  const { task, D, F, at, weight, activations, bound } = s;
  const { buffers, stride, slot } = activations(batch, is_kept);
  const { dims, size } = batchSizes(task, batch);
  const rows = { first: range.first, row_step: range.row_step };
  const ranged = {
    ...size,
    count: range.count,
    qkv_stride: stride.qkv,
    prob_stride: stride.probability,
    mixed_stride: stride.mixed,
  };
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
  const gelu: Dispatch = {
    kernel: 'gelu_forward',
    over: ['replica', range.count, ['hidden', 4]],
    size: { count: range.count, hidden_stride: stride.u },
    at: { offset: slot('u', 0, 1), ...rows },
    bind: bound(batch, { u: 'u', h: 'h' }),
  };
  const linear = { range, params };
  const layers: Step[] = [
    norm(0, 'g1'),
    product(s, batch, {
      ...linear,
      x: 'normed',
      y: 'qkv',
      input: D,
      output: 3 * D,
      weight: weight('wqkv'),
      x_at: slot('normed', 0, 2),
      y_at: slot('qkv', 0, 1),
      x_stride: stride.normed,
      y_stride: stride.qkv,
      note: 'queries, keys, values',
    }),
    {
      kernel: 'attention_scores',
      over: ['replica', range.count, 'head'],
      size: ranged,
      at: { ...rows, qkv: slot('qkv', 0, 1), prob: slot('probability', 0, 1) },
      bind: bound(batch, { qkv: 'qkv', probability: 'probability' }),
    },
    {
      kernel: 'attention_mix',
      over: ['replica', range.count, ['width', 8]],
      size: ranged,
      at: { ...rows, qkv: slot('qkv', 0, 1), prob: slot('probability', 0, 1), mixed: slot('mixed', 0, 1) },
      bind: bound(batch, { qkv: 'qkv', probability: 'probability', mixed: 'mixed' }),
    },
    product(s, batch, {
      ...linear,
      x: 'mixed',
      y: 'stream',
      input: D,
      output: D,
      weight: weight('wo'),
      x_at: slot('mixed', 0, 1),
      y_at: slot('stream', 1, 2),
      residual: slot('stream', 0, 2),
      x_stride: stride.mixed,
      y_stride: stride.stream,
      note: 'attention into the residual stream',
    }),
    norm(1, 'g2'),
    product(s, batch, {
      ...linear,
      x: 'normed',
      // without a backward pass nobody asks what went into GELU
      y: is_kept ? 'u' : 'h',
      epilogue: is_kept ? undefined : 'gelu',
      input: D,
      output: F,
      weight: weight('w1'),
      x_at: slot('normed', 1, 2),
      y_at: slot('u', 0, 1),
      x_stride: stride.normed,
      y_stride: stride.u,
      note: is_kept ? 'MLP in' : 'MLP in, GELU',
    }),
    ...(is_kept ? [gelu] : []),
    product(s, batch, {
      ...linear,
      x: 'h',
      y: 'stream',
      input: F,
      output: D,
      weight: weight('w2'),
      x_at: slot('h', 0, 1),
      y_at: slot('stream', 2, 2),
      residual: slot('stream', 1, 2),
      x_stride: stride.h,
      y_stride: stride.stream,
      note: 'MLP into the residual stream',
    }),
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

/** Final norm and head of some ranges of the stream; `to` is the range of rows of logits they land in. */
export function head(
  s: Sizes,
  batch: Batch,
  ranges: { from: Range; to: Range }[],
  params: string,
  is_kept: boolean,
): Fragment {
  const { task, D, at, logit_column, activations, bound, finalSlot } = s;
  const { stride } = activations(batch, is_kept);
  const p = batch.prefix;
  const logit_row = numLogitRows(task, batch);
  const whole: Range = { first: 0, row_step: 1, count: `${p}logit_row`, num_rows: logit_row };
  return {
    dims: {},
    buffers: {
      [`${p}final_normed`]: {
        type: 'f32',
        shape: ['replica', `${p}logit_row`, 'width'],
        doc: 'output of the last norm',
      },
      [`${p}final_inverse_rms`]: {
        type: 'f32',
        shape: ['replica', `${p}logit_row`],
        doc: '1 / rms of the last norm',
        is_result: true,
      },
      [`${p}logits`]: {
        type: 'f32',
        shape: ['replica', `${p}logit_row`, 'logit_column'],
        doc: 'unnormalised log-probabilities',
      },
    },
    steps: [
      ...ranges.map(
        ({ from, to }): Dispatch => ({
          kernel: 'rms_norm',
          over: ['replica', from.count],
          size: { count: from.count, x_stride: stride.stream, y_stride: logit_row * D, norm_stride: logit_row },
          at: {
            gain: at.gf,
            x: finalSlot(batch, is_kept),
            y: 0,
            norm: 0,
            first: from.first,
            row_step: from.row_step,
            y_first: to.first,
            y_row_step: to.row_step,
          },
          bind: { ...bound(batch, { x: 'stream', y: 'final_normed', inverse_rms: 'final_inverse_rms' }), params },
          note: 'last norm',
        }),
      ),
      product(s, batch, {
        x: 'final_normed',
        y: 'logits',
        input: D,
        output: logit_column,
        weight: at.head,
        x_stride: logit_row * D,
        y_stride: logit_row * logit_column,
        range: ranges.length === 1 ? ranges[0].to : whole,
        params,
        note: 'logits',
      }),
    ],
  };
}
