/** The transformer's backward pass, written out: each forward dispatch undone, last one first. */
import type { Affine, BufferSpec, Dispatch, Size, Step } from '../../engine/program.ts';
import { type Batch, batchSizes, type Fragment } from '../policy.ts';
import type { Sizes } from './sizes.ts';

/** Rows that one partial weight gradient adds up; more rows mean more splits, so that a GPU has enough to do. */
const ROWS_PER_SPLIT = 512;

/** From `d_logits` to partial weight gradients, in reverse order of the forward pass. */
export function backward(s: Sizes, batch: Batch): Fragment {
  const { task, D, F, H, key, at, weight, activations, blockOf, is_wide, logit_column, finalSlot, logitRanges } = s;
  const p = batch.prefix;
  const { stride, slot } = activations(batch, true);
  const { size, dims } = batchSizes(task, batch);
  const row = dims[`${p}row`];
  const logit_row = dims[`${p}logit_row`];
  const own = (name: string) => `${p}${name}`;
  const block = blockOf(logit_row);
  const wide = blockOf(is_wide ? 16 : 0); // a weight's block has no rows to run out of
  const d_buffer = (name: string, width: Size, doc: string, rows = `${p}row`): [string, BufferSpec] => [
    own(name),
    { type: 'f32', shape: ['replica', rows, width], doc },
  ];
  const weightGradient = (o: {
    x: string;
    x_at: Affine;
    x_stride: number;
    d_y: string;
    count: string;
    input: number;
    output: number;
    weight: Affine;
  }): Dispatch => ({
    kernel: `matmul_weight_backward${wide.suffix}`,
    over: ['replica', 'split', [o.input, wide.rows], [o.output, wide.columns]],
    size: {
      count: o.count,
      input: o.input,
      output: o.output,
      x_stride: o.x_stride,
      y_stride: dims[o.count] * o.output,
    },
    at: {
      weight: o.weight,
      x: o.x_at,
      count: dims[o.count],
      x_stride: o.x_stride,
      y_stride: dims[o.count] * o.output,
    },
    bind: { x: own(o.x), d_y: own(o.d_y) },
  });
  const inputGradient = (o: {
    d_y: string;
    d_x: string;
    count: string;
    input: number;
    output: number;
    weight: Affine;
  }): Dispatch => ({
    kernel: `matmul_input_backward${block.suffix}`,
    over: ['replica', [o.count, block.rows], [o.input, block.columns]],
    size: {
      count: o.count,
      input: o.input,
      output: o.output,
      x_stride: dims[o.count] * o.input,
      y_stride: dims[o.count] * o.output,
    },
    at: {
      weight: o.weight,
      count: dims[o.count],
      x_stride: dims[o.count] * o.input,
      y_stride: dims[o.count] * o.output,
    },
    bind: { d_y: own(o.d_y), d_x: own(o.d_x) },
  });
  const normGradient = (which: number, gain: string): Dispatch[] => [
    {
      kernel: 'rms_gain_backward',
      over: ['replica', 'split', ['width', 4]],
      size: {
        count: `${p}row`,
        last_rows: 0,
        last_row_step: 1,
        x_stride: stride.stream,
        y_stride: row * D,
        norm_stride: stride.inverse_rms,
      },
      at: { gain: weight(gain), x: slot('stream', which, 2), norm: slot('inverse_rms', which, 2) },
      bind: { x: own('stream'), d_y: own('d_normed'), inverse_rms: own('inverse_rms') },
    },
    {
      kernel: 'rms_norm_backward',
      over: ['replica', `${p}row`],
      size: {
        count: `${p}row`,
        x_stride: stride.stream,
        d_stride: row * D,
        y_stride: row * D,
        norm_stride: stride.inverse_rms,
      },
      at: {
        gain: weight(gain),
        x: slot('stream', which, 2),
        norm: slot('inverse_rms', which, 2),
        first: 0,
        row_step: 1,
        y_first: 0,
        y_row_step: 1,
      },
      bind: { x: own('stream'), d_y: own('d_normed'), inverse_rms: own('inverse_rms'), d_x: own('d_stream') },
    },
  ];
  const attention = {
    size: { ...size, qkv_stride: stride.qkv, prob_stride: stride.probability },
    at: { qkv: slot('qkv', 0, 1), prob: slot('probability', 0, 1) },
  };
  const rows = `${p}row`;
  const layers: Step[] = [
    weightGradient({
      x: 'h',
      x_at: slot('h', 0, 1),
      x_stride: stride.h,
      d_y: 'd_stream',
      count: rows,
      input: F,
      output: D,
      weight: weight('w2'),
    }),
    inputGradient({ d_y: 'd_stream', d_x: 'd_h', count: rows, input: F, output: D, weight: weight('w2') }),
    {
      kernel: 'gelu_backward',
      over: ['replica', rows, ['hidden', 4]],
      size: { ...size, hidden_stride: stride.u },
      at: { offset: slot('u', 0, 1) },
      bind: { u: own('u'), d_h: own('d_h') },
    },
    weightGradient({
      x: 'normed',
      x_at: slot('normed', 1, 2),
      x_stride: stride.normed,
      d_y: 'd_h',
      count: rows,
      input: D,
      output: F,
      weight: weight('w1'),
    }),
    inputGradient({ d_y: 'd_h', d_x: 'd_normed', count: rows, input: D, output: F, weight: weight('w1') }),
    ...normGradient(1, 'g2'),
    weightGradient({
      x: 'mixed',
      x_at: slot('mixed', 0, 1),
      x_stride: stride.mixed,
      d_y: 'd_stream',
      count: rows,
      input: D,
      output: D,
      weight: weight('wo'),
    }),
    inputGradient({ d_y: 'd_stream', d_x: 'd_mixed', count: rows, input: D, output: D, weight: weight('wo') }),
    {
      kernel: 'attention_backward_scores',
      over: ['replica', rows, 'head'],
      ...attention,
      bind: { qkv: own('qkv'), probability: own('probability'), d_mixed: own('d_mixed'), d_score: own('d_score') },
    },
    {
      kernel: 'attention_backward_qkv',
      over: ['replica', rows, ['width', 4]],
      ...attention,
      bind: {
        qkv: own('qkv'),
        probability: own('probability'),
        d_mixed: own('d_mixed'),
        d_score: own('d_score'),
        d_qkv: own('d_qkv'),
      },
    },
    weightGradient({
      x: 'normed',
      x_at: slot('normed', 0, 2),
      x_stride: stride.normed,
      d_y: 'd_qkv',
      count: rows,
      input: D,
      output: 3 * D,
      weight: weight('wqkv'),
    }),
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
      weightGradient({
        x: 'final_normed',
        x_at: 0,
        x_stride: logit_row * D,
        d_y: 'd_logits',
        count: `${p}logit_row`,
        input: D,
        output: logit_column,
        weight: at.head,
      }),
      inputGradient({
        d_y: 'd_logits',
        d_x: 'd_final_normed',
        count: `${p}logit_row`,
        input: D,
        output: logit_column,
        weight: at.head,
      }),
      {
        kernel: 'rms_gain_backward',
        over: ['replica', 'split', ['width', 4]],
        size: {
          count: `${p}logit_row`,
          last_rows: `${p}prompt`,
          last_row_step: 'prompt_position',
          x_stride: stride.stream,
          y_stride: logit_row * D,
          norm_stride: logit_row,
        },
        at: { gain: at.gf, x: finalSlot(batch, true), norm: 0 },
        bind: { x: own('stream'), d_y: own('d_final_normed'), inverse_rms: own('final_inverse_rms') },
      },
      {
        kernel: 'clear',
        over: ['replica', rows, ['width', 4]],
        size: { values: row * D },
        bind: { cleared: own('d_stream') },
        note: 'prompt rows without logits start at zero',
      },
      ...logitRanges(batch).map(
        ({ from, to }): Dispatch => ({
          kernel: 'rms_norm_backward',
          over: ['replica', from.count],
          size: {
            count: from.count,
            x_stride: stride.stream,
            d_stride: row * D,
            y_stride: logit_row * D,
            norm_stride: logit_row,
          },
          at: {
            gain: at.gf,
            x: finalSlot(batch, true),
            norm: 0,
            first: from.first,
            row_step: from.row_step,
            y_first: to.first,
            y_row_step: to.row_step,
          },
          bind: {
            x: own('stream'),
            d_y: own('d_final_normed'),
            inverse_rms: own('final_inverse_rms'),
            d_x: own('d_stream'),
          },
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
