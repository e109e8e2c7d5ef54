import type { TwinCall } from '../../src/engine/twin.ts';

/** d_x += d_y · gain · inverse_rms − x · inverse_rms³ · mean(d_y · gain · x), from y = x · inverse_rms · gain. */
export function rms_norm_backward({ b, size, at }: TwinCall): void {
  const { x, d_y, inverse_rms, params, d_x } = b;
  const { replica, count, width, x_stride, d_stride, y_stride, norm_stride, param_stride } = size;
  for (let r = 0; r < replica; r++) {
    const gain = r * param_stride + at.gain;
    for (let k = 0; k < count; k++) {
      const row = at.first + k * at.row_step;
      const y_row = at.y_first + k * at.y_row_step;
      const from_x = r * x_stride + at.x + row * width;
      const to = r * d_stride + row * width;
      const from_y = r * y_stride + y_row * width;
      const inverse = inverse_rms[r * norm_stride + at.norm + y_row];
      let mean = 0;
      for (let c = 0; c < width; c++) mean += (d_y[from_y + c] * params[gain + c] * x[from_x + c]) / width;
      const pull = mean * inverse ** 3;
      for (let c = 0; c < width; c++) {
        d_x[to + c] += d_y[from_y + c] * params[gain + c] * inverse - x[from_x + c] * pull;
      }
    }
  }
}
