import type { TwinCall } from '../../src/engine/twin.ts';
import { mask_bit } from '../lib/mask.ref.ts';

/** Q_t = r_t + γ Q_next over own tokens, carried unchanged over the others. */
export function discounted_return({ b, size, hyper }: TwinCall): void {
  const { token_rewards, token_mask, returns } = b;
  const { replica, sequence, position, position_stride, mask_word } = size;
  for (let s = 0; s < replica * sequence; s++) {
    const { discount } = hyper(Math.floor(s / sequence));
    let next_return = 0;
    for (let t = position_stride - 1; t >= 0; t--) {
      const o = s * position_stride + t;
      const is_own = t < position && mask_bit(token_mask, s * mask_word, t);
      if (is_own) next_return = token_rewards[o] + discount * next_return;
      returns[o] = is_own ? next_return : 0;
    }
  }
}
