import type { TwinCall } from '../../src/engine/twin.ts';
import { log_ratio_limit, type Token } from '../lib/token.ref.ts';

/** Mean weight, shares of raw weights outside the bounds, effective sample size (arXiv 2509.23866), and the mean that normalises. */
export function correction_statistics({ b, size, at, hyper, slot }: TwinCall): void {
  const { now, recorded, sequence_stat, batch_count, metrics } = b;
  const { replica, sequence, total_sequence, position_stride, metric } = size;
  for (let r = 0; r < replica; r++) {
    const h = hyper(r);
    const weights: { weight: number; raw: number; share: number }[] = [];
    for (let i = r * sequence; i < (r + 1) * sequence; i++) {
      const [sequence_log_ratio, sequence_tokens, index, demonstrated, sampler_log_ratio, signal] =
        sequence_stat.subarray(i * 8, i * 8 + 6);
      const is_demonstration = demonstrated === 1;
      for (let p = 0; p < position_stride; p++) {
        const [logp, entropy, , mark] = now.subarray((i * position_stride + p) * 4, (i * position_stride + p) * 4 + 4);
        if (mark === 0) continue;
        const place = ((r * total_sequence + index) * position_stride + p) * 4;
        const t: Token = {
          logp,
          old_logp: is_demonstration ? logp : recorded[place + 1],
          sampler_logp: is_demonstration ? logp : recorded[place],
          ref_logp: recorded[place + 2],
          advantage: 0,
          sequence_log_ratio,
          sequence_tokens,
          entropy,
          is_demonstration,
          is_picked: mark === 2,
          sampler_log_ratio,
          signal,
          mean_weight: 1,
        };
        const log_weight = Math.min(Math.max(slot.sampler_log_weight(t, h), -log_ratio_limit), log_ratio_limit);
        weights.push({ weight: slot.sampler_weight(t, h), raw: Math.exp(log_weight), share: slot.sampler_share(t, h) });
      }
    }
    const low = h.weight_low > 0 ? h.weight_low : 1 / h.weight_cap;
    const sum = (of: (w: (typeof weights)[number]) => number): number => weights.reduce((a, w) => a + of(w), 0);
    const total = sum((w) => w.weight);
    const squares = sum((w) => w.weight ** 2);
    const shares = sum((w) => w.share) || 1;
    const divisor = sum((w) => w.share * w.weight) / shares;
    batch_count[r * 4 + 3] = h.normalise_weights === 1 && divisor > 0 ? divisor : 1;
    const tokens = Math.max(weights.length, 1);
    metrics.set(
      [
        total / tokens,
        sum((w) => (w.raw > h.weight_cap ? w.share : 0)) / shares,
        sum((w) => (w.raw < low ? w.share : 0)) / shares,
        squares > 0 ? total ** 2 / (tokens * squares) : 0,
      ],
      r * metric + at.column,
    );
  }
}
