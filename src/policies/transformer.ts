/**
 * A small causal transformer: pre-RMSNorm, learned positions, multi-head attention, GELU MLP, no biases. Forward and
 * backward are written out; the same forward runs a whole batch, the prompts of a rollout, or one decoding step, because a
 * range of rows is a range of rows (lib/rows.wgsl).
 */
import { type BuildOptions, numRows, type PolicyInstance, policy, type TaskShape } from './policy.ts';
import { backward } from './transformer/backward.ts';
import { head, trunk } from './transformer/forward.ts';
import { merge, type Range, sizesOf } from './transformer/sizes.ts';

function build(task: TaskShape, settings: Record<string, number>, options: BuildOptions): PolicyInstance {
  const s = sizesOf(task, settings, options);
  const { L, D, H, F, key, inputs, logit_column, tensors, total, logitRanges, responseRows } = s;
  return {
    id: 'transformer',
    num_parameters: total,
    tensors,
    logit_column,
    dims: {
      layer: L,
      width: D,
      head: H,
      hidden: F,
      key,
      logit_column,
      param: total,
      param_stride: total,
      embedding: task.vocab + task.prompt_position + task.position,
    },
    forward(batch, params) {
      const p = batch.prefix;
      const body = trunk(
        s,
        batch,
        { first: 0, row_step: 1, count: `${p}row`, num_rows: numRows(task, batch) },
        params,
        true,
      );
      return merge(body, head(s, batch, logitRanges(batch), params, true), {
        dims: responseRows(batch),
        buffers: {},
        steps: [],
      });
    },
    prefill(batch, is_kept) {
      const prompt_row = batch.prompt * task.prompt_position;
      const range: Range = { first: 0, row_step: 1, count: `${batch.prefix}prompt_row`, num_rows: prompt_row };
      const body = trunk(s, batch, range, 'params', is_kept);
      const dims = { [range.count]: prompt_row, ...responseRows(batch) };
      return merge(body, head(s, batch, logitRanges(batch).slice(0, 1), 'params', is_kept), {
        dims,
        buffers: {},
        steps: [],
      });
    },
    decode(batch, is_kept) {
      const rows = { row_step: inputs, count: `${batch.prefix}sequence`, num_rows: batch.prompt * batch.member };
      const from: Range = { first: { base: batch.prompt * task.prompt_position, t: 1 }, ...rows };
      const to: Range = { first: { base: batch.prompt, t: 1 }, ...rows };
      return merge(trunk(s, batch, from, 'params', is_kept), head(s, batch, [{ from, to }], 'params', is_kept));
    },
    backward: (batch) => backward(s, batch),
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
