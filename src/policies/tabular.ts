/** A softmax policy without generalisation: one logit vector per prompt, position and previous symbol. */
import type { Dispatch } from '../engine/program.ts';
import {
  type Batch,
  batchSizes,
  type Fragment,
  logitColumns,
  type PolicyInstance,
  policy,
  type TaskShape,
} from './policy.ts';

const MAX_PARAMETERS = 4_000_000;

function build(task: TaskShape, has_value_head: boolean): PolicyInstance {
  const logit_column = logitColumns(task.vocab, has_value_head);
  const entry = task.prompt_count * task.position * task.vocab;
  const num_parameters = entry * logit_column;
  if (num_parameters > MAX_PARAMETERS) {
    throw new Error(
      `policy tabular: ${task.prompt_count} prompts × ${task.position} positions × ${task.vocab} previous symbols need ${num_parameters} parameters, at most ${MAX_PARAMETERS} are allowed. Choose the transformer, or an easier task.`,
    );
  }
  const inputs = task.position - 1;

  /** Looks up the rows of a range. */
  const look = (batch: Batch, count: string, at: Dispatch['at'], params: string, note: string): Fragment => {
    const p = batch.prefix;
    const { dims, size } = batchSizes(task, batch);
    return {
      dims,
      buffers: {
        [`${p}logits`]: {
          type: 'f32',
          shape: ['replica', `${p}logit_row`, 'logit_column'],
          doc: 'unnormalised log-probabilities',
        },
      },
      steps: [
        {
          kernel: 'tabular_logits',
          over: ['replica', count, ['logit_column', 4]],
          size: { ...size, count },
          bind: {
            tokens: batch.tokens,
            prompt_index: batch.prompt_index,
            sequence_index: `${p}sequence_index`,
            params,
            logits: `${p}logits`,
          },
          at,
          note,
        },
      ],
    };
  };

  return {
    id: 'tabular',
    num_parameters,
    tensors: [{ name: 'table', shape: [entry, logit_column], offset: 0, init: 1, columns: task.vocab }],
    logit_column,
    dims: { logit_column, entry, split: 1, param: num_parameters, param_stride: num_parameters },
    forward: (batch, params) =>
      look(batch, `${batch.prefix}logit_row`, { first: 0, row_step: 1 }, params, 'look up the table'),
    prefill: (batch) => look(batch, `${batch.prefix}prompt`, { first: 0, row_step: 1 }, 'params', 'first symbol'),
    row_of: (prompt_index, t, previous) => ((prompt_index * task.position + t) * task.vocab + previous) * logit_column,
    decode: (batch) =>
      look(
        batch,
        `${batch.prefix}sequence`,
        { first: { base: batch.prompt, t: 1 }, row_step: inputs },
        'params',
        'next symbol',
      ),
    backward(batch): Fragment {
      const p = batch.prefix;
      return {
        dims: {},
        buffers: { d_params: { type: 'f32', shape: ['replica', 'split', 'param'], doc: 'partial gradients' } },
        steps: [
          {
            kernel: 'tabular_backward',
            over: ['replica', 'entry'],
            size: batchSizes(task, batch).size,
            bind: {
              tokens: batch.tokens,
              prompt_index: batch.prompt_index,
              sequence_index: `${p}sequence_index`,
              d_logits: `${p}d_logits`,
            },
            note: 'every entry collects the rows that read it',
          },
        ],
      };
    },
  };
}

export default policy({
  id: 'tabular',
  title: 'Tabular softmax',
  summary:
    'One logit vector per prompt, position and previous symbol: nothing is shared, so what you see is the algorithm alone.',
  settings: {},
  learning_rate: 0.15,
  warm_up_learning_rate: 0.1,
  build: (task, _settings, { has_value_head }) => build(task, has_value_head),
});
