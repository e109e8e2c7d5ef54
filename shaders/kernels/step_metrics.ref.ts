import type { TwinCall } from '../../src/engine/twin.ts';

const bits = (word: number): number => {
  let count = 0;
  for (let rest = word; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
};

/** One row of numbers about a step; means over sequences, groups, or the policy's own tokens. */
export function step_metrics({ b, size }: TwinCall): void {
  const { rewards, length, token_mask, token_stat, optimiser, metrics } = b;
  const { replica, prompt, member, sequence, position_stride, minibatch, metric, mask_word } = size;
  for (let r = 0; r < replica; r++) {
    const mine = rewards.subarray(r * sequence, (r + 1) * sequence);
    const sum = (x: Iterable<number>): number => Array.from(x).reduce((a, v) => a + v, 0);
    const mean = sum(mine) / sequence;
    const std = Math.sqrt(sum(Array.from(mine, (x) => (x - mean) ** 2)) / sequence);
    let flat = 0;
    for (let p = 0; p < prompt; p++) {
      const group = mine.subarray(p * member, (p + 1) * member);
      if (group.every((x) => x === group[0])) flat++;
    }
    const own = sum(Array.from(token_mask.subarray(r * sequence * mask_word, (r + 1) * sequence * mask_word), bits));
    const tokens = Math.max(own, 1);
    // coef, entropy, loss, k1, k3, clipped, clipped_lower, regulariser; masked tokens hold zeros
    const total = new Float64Array(8);
    const stats = r * sequence * position_stride * 8;
    for (let i = 0; i < sequence * position_stride * 8; i++) total[i & 7] += token_stat[stats + i];
    const [, entropy, loss, k1, k3, clipped, clipped_lower, regulariser] = total;
    const per_token = [k1, k3, clipped, clipped_lower, regulariser].map((x) => x / tokens);
    const mean_length = sum(length.subarray(r * sequence, (r + 1) * sequence)) / sequence;
    const norm = optimiser[r * 4];
    const skipped = optimiser[r * 4 + 3];
    const about_update = [entropy / tokens, loss / minibatch, norm, ...per_token];
    metrics.set([mean, std, ...about_update, mean_length, flat / prompt, skipped], r * metric);
  }
}
