import type { TwinCall } from '../../src/engine/twin.ts';
import { mask_bit } from '../lib/mask.ref.ts';

const whiten_eps = 1e-8;

/** A ← (A − mm(A)) / √(var(A) + 1e-8) over own tokens, var with n / (n − 1), or √max(var, 1e-8) with n / n; 0 elsewhere, and with fewer than two tokens. */
export function whiten_advantage({ b, size, hyper }: TwinCall): void {
  const { token_advantage, token_mask, advantage, whiten_stat } = b;
  const { replica, sequence, position, position_stride, mask_word, token_advantage_stride } = size;
  const raw = (o: number): number => token_advantage[token_advantage_stride > 1 ? o : Math.floor(o / position_stride)];
  for (let r = 0; r < replica; r++) {
    const own: number[] = []; // places of the policy's own tokens
    for (let s = r * sequence; s < (r + 1) * sequence; s++) {
      for (let t = 0; t < position; t++) {
        if (mask_bit(token_mask, s * mask_word, t)) own.push(s * position_stride + t);
      }
    }
    advantage.fill(0, r * sequence * position_stride, (r + 1) * sequence * position_stride);
    const n = own.length;
    const mean = own.reduce((sum, o) => sum + raw(o), 0) / (n + whiten_eps);
    const squares = own.reduce((sum, o) => sum + (raw(o) - mean) ** 2, 0);
    const is_population = hyper(r).whiten_is_population === 1;
    const biased = squares / (n + whiten_eps);
    const variance = is_population ? biased : (biased * Math.max(n, 2)) / (Math.max(n, 2) - 1);
    whiten_stat.set([mean, variance], r * 2);
    if (n < 2) continue;
    const held = is_population ? Math.max(variance, whiten_eps) : variance + whiten_eps;
    for (const o of own) advantage[o] = (raw(o) - mean) / Math.sqrt(held);
  }
}
