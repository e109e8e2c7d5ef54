import type { TwinCall } from '../../src/engine/twin.ts';
import { mask_bit } from '../lib/mask.ref.ts';

const whiten_eps = 1e-8;

/** A ← (A − mm(A)) / √(var(A) + 1e-8) over own tokens, var with n / (n − 1); 0 elsewhere, and with fewer than two tokens. */
export function whiten_advantage({ b, size }: TwinCall): void {
  const { token_advantage, token_mask, advantage } = b;
  const { replica, sequence, position, position_stride, mask_word } = size;
  for (let r = 0; r < replica; r++) {
    const own: number[] = []; // places of the policy's own tokens
    for (let s = r * sequence; s < (r + 1) * sequence; s++) {
      for (let t = 0; t < position; t++) {
        if (mask_bit(token_mask, s * mask_word, t)) own.push(s * position_stride + t);
      }
    }
    advantage.fill(0, r * sequence * position_stride, (r + 1) * sequence * position_stride);
    const n = own.length;
    if (n < 2) continue;
    const mean = own.reduce((sum, o) => sum + token_advantage[o], 0) / (n + whiten_eps);
    const squares = own.reduce((sum, o) => sum + (token_advantage[o] - mean) ** 2, 0);
    const variance = ((squares / (n + whiten_eps)) * n) / (n - 1);
    for (const o of own) advantage[o] = (token_advantage[o] - mean) / Math.sqrt(variance + whiten_eps);
  }
}
