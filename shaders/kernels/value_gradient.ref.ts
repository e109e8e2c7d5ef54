import type { TwinCall } from '../../src/engine/twin.ts';
import { predicted_by } from '../lib/rows.ref.ts';

/** L_V = ½ max((V − Ret)², (V_clip − Ret)²), Ret = A_gae + V_old; V − Ret goes back unless the clipped term is larger. */
export function value_gradient({ b, size, hyper, slot }: TwinCall): void {
  const { now, values, token_advantage, sequence_stat, batch_count, d_logits, value_stat } = b;
  const { replica, sequence, total_sequence, vocab, logit_row, logit_column, position_stride } = size;
  for (let r = 0; r < replica; r++) {
    const h = hyper(r);
    for (let row = 0; row < logit_row; row++) {
      const { first, count, t } = predicted_by(size, row);
      let d_value = 0;
      for (let local = r * sequence + first; local < r * sequence + first + count; local++) {
        const [, sequence_tokens, index, demonstrated] = sequence_stat.subarray(local * 8, local * 8 + 4);
        const place = (r * total_sequence + index) * position_stride + t;
        const token = (local * position_stride + t) * 4;
        if (now[token + 3] === 0) {
          value_stat.fill(0, place * 4, place * 4 + 4);
          continue;
        }
        const [batch_tokens, batch_sequences, demonstration_tokens] = batch_count.subarray(r * 4, r * 4 + 3);
        const is_demonstration = demonstrated === 1;
        const counts = { sequence_tokens, batch_tokens, batch_sequences, demonstration_tokens, is_demonstration };
        const w = slot.token_weight(counts, h);
        const value = now[token + 2];
        const old_value = values[place];
        const wanted = token_advantage[place] + old_value;
        const clipped = Math.min(Math.max(value, old_value - h.value_clip), old_value + h.value_clip);
        const plain_square = (value - wanted) ** 2;
        const clipped_square = (clipped - wanted) ** 2;
        const is_clipped = clipped_square > plain_square;
        if (!is_clipped) d_value += h.value_coef * w * (value - wanted);
        value_stat[place * 4] = 0.5 * w * Math.max(plain_square, clipped_square);
        value_stat[place * 4 + 1] = is_clipped ? 1 : 0;
        value_stat[place * 4 + 2] = wanted;
        value_stat[place * 4 + 3] = value;
      }
      d_logits[(r * logit_row + row) * logit_column + vocab] = d_value;
    }
  }
}
