import type { TwinCall } from '../../src/engine/twin.ts';
import { predicted_by } from '../lib/rows.ref.ts';

/** Every row of logits adds its gradient to the table's row that it was read from. */
export function tabular_backward({ b, size }: TwinCall): void {
  const { prompt_index, tokens, sequence_index, d_logits, d_params } = b;
  const { replica, group, total_member, total_sequence, sequence, context, vocab, entry } = size;
  const { logit_row, logit_column, param_stride, position, prompt_position } = size;
  for (let r = 0; r < replica; r++) {
    d_params.fill(0, r * param_stride, r * param_stride + entry * logit_column);
    for (let k = 0; k < logit_row; k++) {
      const { first, t } = predicted_by(size, k);
      const s = sequence_index[r * sequence + first];
      const index = prompt_index[r * group + Math.floor(s / total_member)];
      const previous = tokens[(r * total_sequence + s) * context + prompt_position + t - 1];
      const to = r * param_stride + ((index * position + t) * vocab + previous) * logit_column;
      const from = (r * logit_row + k) * logit_column;
      for (let v = 0; v < logit_column; v++) d_params[to + v] += d_logits[from + v];
    }
  }
}
