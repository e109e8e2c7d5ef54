import type { TwinCall } from '../../src/engine/twin.ts';
import { norm_eps } from '../lib/norm.ref.ts';

/** y = x / √(mean(x²) + ε) · gain (arXiv 1910.07467 Eq. 4). */
export function rms_norm({ b, size, at }: TwinCall): void {
  const { x, params, y, inverse_rms } = b;
  const { replica, count, width, x_stride, y_stride, norm_stride, param_stride } = size;
  for (let r = 0; r < replica; r++) {
    const gain = r * param_stride + at.gain;
    for (let k = 0; k < count; k++) {
      const from = r * x_stride + at.x + (at.first + k * at.row_step) * width;
      const y_row = at.y_first + k * at.y_row_step;
      const to = r * y_stride + at.y + y_row * width;
      let squares = 0;
      for (let c = 0; c < width; c++) squares += x[from + c] * x[from + c];
      const inverse = 1 / Math.sqrt(squares / width + norm_eps);
      for (let c = 0; c < width; c++) y[to + c] = x[from + c] * inverse * params[gain + c];
      inverse_rms[r * norm_stride + at.norm + y_row] = inverse;
    }
  }
}
