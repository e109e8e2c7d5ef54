import type { TwinCall } from '../../src/engine/twin.ts';
import { gelu_gate } from '../lib/gelu.ref.ts';

/** h = gelu(u) = u σ(z(u)) (arXiv 1606.08415 Sec. 2, tanh form). */
export function gelu_forward({ b, size, at }: TwinCall): void {
  const { u, h } = b;
  const { replica, count, hidden, hidden_stride } = size;
  for (let r = 0; r < replica; r++) {
    for (let k = 0; k < count; k++) {
      const from = r * hidden_stride + at.offset + (at.first + k * at.row_step) * hidden;
      for (let i = from; i < from + hidden; i++) h[i] = u[i] * gelu_gate(u[i]);
    }
  }
}
