import type { TwinCall } from '../../src/engine/twin.ts';

/** d loss / d log Z of a prompt: the sum of d loss / d logp over the tokens of its responses (arXiv 2509.15207). */
export function log_z_gradient({ b, size }: TwinCall): void {
  const { token_gradient, d_logits } = b;
  const { replica, prompt, member, sequence, position_stride, vocab, logit_row, logit_column } = size;
  for (let r = 0; r < replica; r++) {
    for (let p = 0; p < prompt; p++) {
      let sum = 0;
      for (let s = r * sequence + p * member; s < r * sequence + (p + 1) * member; s++) {
        for (let t = 0; t < position_stride; t++) sum += token_gradient[(s * position_stride + t) * 2];
      }
      d_logits[(r * logit_row + p) * logit_column + vocab] = sum;
    }
  }
}
