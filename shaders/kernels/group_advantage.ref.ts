import type { TwinCall } from '../../src/engine/twin.ts';

/** A = group_advantage_of(R, {mean, std_dev, count}) in every group; a response without an own token scores 0. */
export function group_advantage({ b, size, hyper, slot }: TwinCall): void {
  const { rewards, token_mask, group_start, group_member, advantage } = b;
  const { replica, sequence, group, group_end, mask_word } = size;
  const score_of = (s: number): number => {
    const words = token_mask.subarray(s * mask_word, (s + 1) * mask_word);
    return words.some((w) => w !== 0) ? rewards[s] : 0;
  };
  for (let r = 0; r < replica; r++) {
    const h = hyper(r);
    for (let k = 0; k < group; k++) {
      const begin = group_start[r * group_end + k];
      const end = group_start[r * group_end + k + 1];
      const members = Array.from(
        group_member.subarray(r * sequence + begin, r * sequence + end),
        (m) => r * sequence + m,
      );
      const scores = members.map(score_of);
      const count = scores.length;
      const mean = scores.reduce((sum, score) => sum + score, 0) / count;
      const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
      const std_dev = Math.sqrt(squares / (h.std_is_population ? count : count - 1));
      // no baseline in a group of one: the raw reward
      const g = count === 1 ? { mean: 0, std_dev: 1, count } : { mean, std_dev, count };
      members.forEach((s, m) => {
        advantage[s] = slot.group_advantage_of(scores[m], g, h);
      });
    }
  }
}
