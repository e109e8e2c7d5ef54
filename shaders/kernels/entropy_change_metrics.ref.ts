import type { TwinCall } from '../../src/engine/twin.ts';
import { mask_bit } from '../lib/mask.ref.ts';
import { logit_row_of } from '../lib/rows.ref.ts';

/** Means over own tokens of H(π′) − H(π) and of −Cov_π(log π, Δz) at their states (arXiv 2505.22617). */
export function entropy_change_metrics({ b, size, at }: TwinCall): void {
  const { row_stat, token_mask, metrics } = b;
  const { replica, sequence, position, logit_row, mask_word, metric } = size;
  for (let r = 0; r < replica; r++) {
    const changes: number[] = [];
    const predictions: number[] = [];
    for (let s = 0; s < sequence; s++) {
      for (let t = 0; t < position; t++) {
        if (!mask_bit(token_mask, (r * sequence + s) * mask_word, t)) continue;
        const o = (r * logit_row + logit_row_of(size, s, t)) * 4;
        changes.push(row_stat[o + 1] - row_stat[o]);
        predictions.push(-row_stat[o + 2]);
      }
    }
    const mean = (x: number[]) => x.reduce((sum, v) => sum + v, 0) / Math.max(x.length, 1);
    metrics.set([mean(changes), mean(predictions)], r * metric + at.column);
  }
}
