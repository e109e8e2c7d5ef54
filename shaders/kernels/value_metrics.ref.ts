import type { TwinCall } from '../../src/engine/twin.ts';
import { mask_bit } from '../lib/mask.ref.ts';

/** Value loss, share of clipped values, explained variance 1 − Var(Ret − V) / Var(Ret). */
export function value_metrics({ b, size, at }: TwinCall): void {
  const { token_mask, value_stat, metrics } = b;
  const { replica, sequence, position, position_stride, mask_word, minibatch, metric } = size;
  for (let r = 0; r < replica; r++) {
    let loss = 0;
    let clipped = 0;
    const returns: number[] = [];
    const errors: number[] = [];
    for (let s = r * sequence; s < (r + 1) * sequence; s++) {
      for (let t = 0; t < position; t++) {
        if (!mask_bit(token_mask, s * mask_word, t)) continue;
        const o = (s * position_stride + t) * 4;
        loss += value_stat[o];
        clipped += value_stat[o + 1];
        returns.push(value_stat[o + 2]);
        errors.push(value_stat[o + 2] - value_stat[o + 3]);
      }
    }
    const tokens = Math.max(returns.length, 1);
    const spread = (x: number[]): number => {
      const mean = x.reduce((sum, v) => sum + v, 0) / tokens;
      return x.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    };
    const of_returns = spread(returns);
    const o = r * metric + at.column;
    metrics[o] = loss / minibatch;
    metrics[o + 1] = clipped / tokens;
    // returns without spread leave nothing to explain
    metrics[o + 2] = of_returns < 1e-12 ? 0 : 1 - spread(errors) / of_returns;
  }
}
