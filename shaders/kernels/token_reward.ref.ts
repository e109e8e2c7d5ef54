import type { TwinCall } from '../../src/engine/twin.ts';
import { AUTHOR } from '../lib/author.ref.ts';
import { mask_bit } from '../lib/mask.ref.ts';

/** r_t = [t last] R − kl_reward_coef (old_logp_t − ref_logp_t) on own tokens (arXiv 2203.02155 Eq. 2, k1); a demonstration is charged nothing. */
export function token_reward({ b, size, hyper }: TwinCall): void {
  const { rewards, token_mask, recorded, token_rewards } = b;
  const { replica, sequence, position_stride, mask_word } = size;
  for (let i = 0; i < replica * sequence; i++) {
    const { kl_reward_coef } = hyper(Math.floor(i / sequence));
    const is_demonstration = recorded[i * position_stride * 4 + 3] === AUTHOR.demonstration;
    const charge = is_demonstration ? 0 : kl_reward_coef;
    let left = rewards[i]; // until it is placed on the last token
    for (let t = position_stride - 1; t >= 0; t--) {
      const o = i * position_stride + t;
      const is_own = mask_bit(token_mask, i * mask_word, t);
      token_rewards[o] = is_own ? left - charge * (recorded[o * 4 + 1] - recorded[o * 4 + 2]) : 0;
      if (is_own) left = 0;
    }
  }
}
