import type { TwinCall } from '../../src/engine/twin.ts';
import { predicted_by } from '../lib/rows.ref.ts';
import { softmax_of } from '../lib/softmax.ref.ts';

/** ∂ log π(y) / ∂ z_v = [v = y] − π_v and ∂ H / ∂ z_v = −π_v (log π_v + H), over the tokens that share a row. */
export function logits_backward({ b, size, hyper }: TwinCall): void {
  const { logits, tokens, sequence_index, token_gradient, d_logits } = b;
  const { replica, sequence, total_sequence, context, vocab, logit_row, logit_column } = size;
  const { position_stride, prompt_position } = size;
  for (let r = 0; r < replica; r++) {
    const { temperature } = hyper(r);
    for (let k = 0; k < logit_row; k++) {
      const row = (r * logit_row + k) * logit_column;
      const { first, count, t } = predicted_by(size, k);
      const { largest, log_sum, entropy } = softmax_of(logits, row, vocab, temperature);
      d_logits.fill(0, row, row + logit_column);
      let d_logp = 0;
      let d_entropy = 0;
      for (let local = r * sequence + first; local < r * sequence + first + count; local++) {
        const at_token = (local * position_stride + t) * 2;
        const s = r * total_sequence + sequence_index[local];
        d_logp += token_gradient[at_token];
        d_entropy += token_gradient[at_token + 1];
        d_logits[row + tokens[s * context + prompt_position + t]] += token_gradient[at_token] / temperature;
      }
      for (let v = 0; v < vocab; v++) {
        const log_p = (logits[row + v] - largest) / temperature - log_sum;
        d_logits[row + v] -= (Math.exp(log_p) * (d_logp + d_entropy * (log_p + entropy))) / temperature;
      }
    }
  }
}
