import type { TwinCall } from '../../src/engine/twin.ts';

/** A = group_advantage_of(R, {mean, std_dev, count}) in every group; a response without an own token scores 0. */
export function group_advantage({ b, size, hyper, slot }: TwinCall): void {
  const { rewards, token_mask, group_start, group_member, advantage } = b;
  const { replica, sequence, group, group_end, mask_word } = size;
  const score_of = (s: number): number => {
    for (let w = s * mask_word; w < (s + 1) * mask_word; w++) if (token_mask[w] !== 0) return rewards[s];
    return 0;
  };
  for (let r = 0; r < replica; r++) {
    const h = hyper(r);
    const first = r * sequence;
    for (let k = 0; k < group; k++) {
      const begin = first + group_start[r * group_end + k];
      const end = first + group_start[r * group_end + k + 1];
      const count = end - begin;
      let sum = 0;
      for (let m = begin; m < end; m++) sum += score_of(first + group_member[m]);
      const mean = sum / count;
      let squares = 0;
      for (let m = begin; m < end; m++) squares += (score_of(first + group_member[m]) - mean) ** 2;
      const std_dev = Math.sqrt(squares / (h.std_is_population ? count : count - 1));
      // no baseline in a group of one: the raw reward
      const g = count === 1 ? { mean: 0, std_dev: 1, count } : { mean, std_dev, count };
      for (let m = begin; m < end; m++) {
        const s = first + group_member[m];
        advantage[s] = slot.group_advantage_of(score_of(s), g, h);
      }
    }
  }
}
