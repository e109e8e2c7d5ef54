import type { TwinCall } from '../../src/engine/twin.ts';
import { AUTHOR } from '../lib/author.ref.ts';
import { mask_bit } from '../lib/mask.ref.ts';

/** Covariance of advantage and log-probability over sampled own tokens (arXiv 2505.22617), and −mean log π, the sampled entropy. */
export function covariance_metrics({ b, size, at }: TwinCall): void {
  const { advantage, recorded, token_mask, metrics } = b;
  const { replica, sequence, position, position_stride, advantage_stride, mask_word, metric } = size;
  for (let r = 0; r < replica; r++) {
    const tokens: { a: number; logp: number }[] = [];
    for (let s = r * sequence; s < (r + 1) * sequence; s++) {
      for (let t = 0; t < position; t++) {
        const place = s * position_stride + t;
        if (recorded[place * 4 + 3] !== AUTHOR.policy || !mask_bit(token_mask, s * mask_word, t)) continue;
        tokens.push({ a: advantage[advantage_stride > 1 ? place : s], logp: recorded[place * 4 + 1] });
      }
    }
    const n = Math.max(tokens.length, 1);
    const mean_a = tokens.reduce((sum, { a }) => sum + a, 0) / n;
    const mean_logp = tokens.reduce((sum, { logp }) => sum + logp, 0) / n;
    const covariance = tokens.reduce((sum, { a, logp }) => sum + (a - mean_a) * (logp - mean_logp), 0) / n;
    metrics[r * metric + at.column] = covariance;
    // where no token is left, the last one stays
    if (tokens.length > 0) metrics[r * metric + at.column + 1] = -mean_logp;
  }
}
