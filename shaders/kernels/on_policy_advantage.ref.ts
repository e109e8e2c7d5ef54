import type { TwinCall } from '../../src/engine/twin.ts';
import { AUTHOR } from '../lib/author.ref.ts';

/** A = group_advantage_of(R, …) with mean and spread of the policy's own responses only (code of arXiv 2504.14945). */
export function on_policy_advantage({ b, size, hyper, slot }: TwinCall): void {
  const { rewards, token_mask, group_start, group_member, recorded, advantage } = b;
  const { replica, sequence, group, group_end, mask_word, position_stride } = size;
  const score_of = (s: number): number =>
    token_mask.subarray(s * mask_word, (s + 1) * mask_word).some((word) => word !== 0) ? rewards[s] : 0;
  for (let r = 0; r < replica; r++) {
    const h = hyper(r);
    for (let k = 0; k < group; k++) {
      const [begin, end] = group_start.subarray(r * group_end + k, r * group_end + k + 2);
      const members = Array.from(
        group_member.subarray(r * sequence + begin, r * sequence + end),
        (m) => r * sequence + m,
      );
      const own = members.filter((s) => recorded[s * position_stride * 4 + 3] === AUTHOR.policy).map(score_of);
      const count = own.length;
      const mean = own.reduce((a, x) => a + x, 0) / Math.max(count, 1);
      const squares = own.reduce((a, x) => a + (x - mean) ** 2, 0);
      const std_dev = Math.sqrt(squares / Math.max(h.std_is_population ? count : count - 1, 1));
      const g = count <= 1 ? { mean: 0, std_dev: 1, count } : { mean, std_dev: std_dev > 0 ? std_dev : 1, count };
      for (const s of members) advantage[s] = slot.group_advantage_of(score_of(s), g, h);
    }
  }
}
