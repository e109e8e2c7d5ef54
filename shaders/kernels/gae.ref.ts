import type { TwinCall } from '../../src/engine/twin.ts';
import { mask_bit } from '../lib/mask.ref.ts';

/** δ_t = r_t + γ V_next − V_t, A_t = δ_t + γ λ A_next, right to left over own tokens (arXiv 1506.02438 Eq. 16). */
export function gae({ b, size, hyper }: TwinCall): void {
  const { token_rewards, values, token_mask, token_advantage } = b;
  const { replica, sequence, position_stride, mask_word } = size;
  for (let r = 0; r < replica; r++) {
    const { discount, gae_lambda } = hyper(r);
    for (let s = r * sequence; s < (r + 1) * sequence; s++) {
      let next_value = 0;
      let next_advantage = 0;
      for (let t = position_stride - 1; t >= 0; t--) {
        const o = s * position_stride + t;
        if (!mask_bit(token_mask, s * mask_word, t)) {
          token_advantage[o] = 0;
          continue;
        }
        const delta = token_rewards[o] + discount * next_value - values[o];
        next_advantage = delta + discount * gae_lambda * next_advantage;
        next_value = values[o];
        token_advantage[o] = next_advantage;
      }
    }
  }
}
