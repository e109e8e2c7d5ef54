import type { TwinCall } from '../../src/engine/twin.ts';
import { mask_bit } from '../lib/mask.ref.ts';

/** Q_t = r_t + γ Q_next and A_t = Q_t − b on own tokens; b the mean over responses with a token, or its moving average, which moves after its use (Williams 1992). */
export function baseline_advantage({ b, size, hyper }: TwinCall): void {
  const { rewards, token_rewards, token_mask, baseline, advantage } = b;
  const { replica, sequence, position, position_stride, mask_word } = size;
  for (let r = 0; r < replica; r++) {
    const h = hyper(r);
    // of the responses with a token of their own
    const counted = Array.from({ length: sequence }, (_, s) => r * sequence + s).filter((s) =>
      token_mask.subarray(s * mask_word, (s + 1) * mask_word).some((word) => word !== 0),
    );
    const mean = counted.reduce((sum, s) => sum + rewards[s] / counted.length, 0);
    const subtracted = [0, mean, baseline[r]][h.baseline];
    for (let s = r * sequence; s < (r + 1) * sequence; s++) {
      let next_return = 0;
      for (let t = position_stride - 1; t >= 0; t--) {
        const o = s * position_stride + t;
        const is_own = t < position && mask_bit(token_mask, s * mask_word, t);
        if (is_own) next_return = token_rewards[o] + h.discount * next_return;
        advantage[o] = is_own ? next_return - subtracted : 0;
      }
    }
    if (counted.length > 0) baseline[r] = h.baseline_decay * baseline[r] + (1 - h.baseline_decay) * mean;
  }
}
