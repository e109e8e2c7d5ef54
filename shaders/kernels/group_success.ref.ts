import type { TwinCall } from '../../src/engine/twin.ts';

/** r_q of arXiv 2505.18116: the share of right responses in a response's group, clamped as in its code; an empty response scores 0. */
export function group_success({ b, size }: TwinCall): void {
  const { rewards, token_mask, sequence_stat } = b;
  const { replica, sequence, total_sequence, total_member, mask_word } = size;
  for (let i = 0; i < replica * sequence; i++) {
    const index = sequence_stat[i * 8 + 2];
    const first = Math.floor(i / sequence) * total_sequence + index - (index % total_member);
    let sum = 0;
    for (let s = first; s < first + total_member; s++) {
      const is_empty = token_mask.subarray(s * mask_word, (s + 1) * mask_word).every((word) => word === 0);
      if (!is_empty) sum += rewards[s];
    }
    sequence_stat[i * 8 + 5] = Math.min(Math.max(sum / total_member, 0.02), 0.98);
  }
}
