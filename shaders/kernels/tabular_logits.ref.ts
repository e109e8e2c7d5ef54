import type { TwinCall } from '../../src/engine/twin.ts';
import { predicted_by } from '../lib/rows.ref.ts';

/** Logits of a row: the table's row for (prompt, position, previous symbol). */
export function tabular_logits({ b, size, at }: TwinCall): void {
  const { prompt_index, tokens, sequence_index, params, logits } = b;
  const { replica, count, logit_row, group, total_member, total_sequence, sequence, context, vocab } = size;
  const { logit_column, param_stride, position, prompt_position } = size;
  for (let r = 0; r < replica; r++) {
    for (let k = 0; k < count; k++) {
      const row = at.first + k * at.row_step;
      const { first, t } = predicted_by(size, row);
      const s = sequence_index[r * sequence + first];
      const index = prompt_index[r * group + Math.floor(s / total_member)];
      const previous = tokens[(r * total_sequence + s) * context + prompt_position + t - 1];
      const from = r * param_stride + ((index * position + t) * vocab + previous) * logit_column;
      const to = (r * logit_row + row) * logit_column;
      for (let v = 0; v < logit_column; v++) logits[to + v] = params[from + v];
    }
  }
}
