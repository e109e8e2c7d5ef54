import type { TwinCall } from '../../src/engine/twin.ts';
import { gelu_cubic, gelu_gate, gelu_scale } from '../lib/gelu.ref.ts';

/** d_u = d_h (g + u g (1 − g) z'), g = σ(z), z' = gelu_scale (1 + 3 gelu_cubic u²). */
export function gelu_backward({ b, size, at }: TwinCall): void {
  const { u, d_h } = b;
  const { replica, row, hidden, hidden_stride } = size;
  for (let r = 0; r < replica; r++) {
    const from = r * hidden_stride + at.offset;
    const to = r * row * hidden;
    for (let i = 0; i < row * hidden; i++) {
      const x = u[from + i];
      const g = gelu_gate(x);
      d_h[to + i] *= g + x * g * (1 - g) * gelu_scale * (1 + 3 * gelu_cubic * x * x);
    }
  }
}
