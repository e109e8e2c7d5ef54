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
    // coef, entropy, loss, k1, k3, clipped, clipped_lower, regulariser; masked tokens hold zeros, and a response without
    // own tokens is in no minibatch
    const total = new Float64Array(8);
    let k2 = 0;
    for (let s = r * sequence; s < (r + 1) * sequence; s++) {
      if (token_mask.subarray(s * mask_word, (s + 1) * mask_word).every((word) => word === 0)) continue;
      for (let i = s * position_stride * 8; i < (s + 1) * position_stride * 8; i++) {
        total[i & 7] += token_stat[i];
        if ((i & 7) === 3) k2 += 0.5 * token_stat[i] ** 2;
      }
    }
    const [, entropy, loss, k1, k3, clipped, clipped_lower, regulariser] = total;
    const per_token = [k1, k3, k2, clipped, clipped_lower, regulariser].map((x) => x / tokens);
    const mean_length = sum(length.subarray(r * sequence, (r + 1) * sequence)) / sequence;
    const norm = optimiser[r * 4];
    const skipped = optimiser[r * 4 + 3];
    // where no token is left, the entropy of the last step stays
    const about_update = [own > 0 ? entropy / own : metrics[r * metric + 2], loss / minibatch, norm, ...per_token];
    metrics.set([mean, std, ...about_update, mean_length, flat / prompt, skipped], r * metric);
  }
}
