import type { TwinCall } from '../../src/engine/twin.ts';
import { mask_bit } from '../lib/mask.ref.ts';
import { logit_row_of } from '../lib/rows.ref.ts';
import { softmax_of } from '../lib/softmax.ref.ts';

/** log π(y) = z_y − log Σ exp z and H = log Σ exp z − Σ π z of every own token, with the value beside them. */
export function token_logp({ b, size, hyper }: TwinCall): void {
  const { logits, tokens, token_mask, sequence_index, now } = b;
  const { replica, sequence, total_sequence, context, vocab, logit_row, logit_column } = size;
  const { mask_word, position, position_stride, prompt_position } = size;
  for (let r = 0; r < replica; r++) {
    const { temperature } = hyper(r);
    for (let local = 0; local < sequence; local++) {
      const s = r * total_sequence + sequence_index[r * sequence + local];
      for (let t = 0; t < position_stride; t++) {
        const o = ((r * sequence + local) * position_stride + t) * 4;
        if (t >= position || !mask_bit(token_mask, s * mask_word, t)) {
          now.fill(0, o, o + 4);
          continue;
        }
        const row = (r * logit_row + logit_row_of(size, local, t)) * logit_column;
        const { largest, log_sum, entropy } = softmax_of(logits, row, vocab, temperature);
        const symbol = tokens[s * context + prompt_position + t];
        now[o] = (logits[row + symbol] - largest) / temperature - log_sum;
        now[o + 1] = entropy;
        now[o + 2] = logits[row + Math.min(vocab, logit_column - 1)];
        now[o + 3] = 1;
      }
    }
  }
}
