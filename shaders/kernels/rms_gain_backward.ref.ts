import type { TwinCall } from '../../src/engine/twin.ts';
import { part_of } from '../lib/rows.ref.ts';

/** d_gain = Σ over rows of d_y · x · inverse_rms, over each part of the rows. */
export function rms_gain_backward({ b, size, at }: TwinCall): void {
  const { x, d_y, inverse_rms, d_params } = b;
  const { replica, count, last_rows, last_row_step, width, split, x_stride, y_stride, norm_stride, param_stride } =
    size;
  for (let r = 0; r < replica; r++) {
    for (let part = 0; part < split; part++) {
      const to = (r * split + part) * param_stride + at.gain;
      d_params.fill(0, to, to + width);
      const [begin, end] = part_of(count, split, part);
      for (let row = begin; row < end; row++) {
        // the first `last_rows` rows are the last rows of the prompts; all other prompt rows have no y
        const x_row = row < last_rows ? (row + 1) * last_row_step - 1 : last_rows * last_row_step + row - last_rows;
        const from = r * x_stride + at.x + x_row * width;
        const inverse = inverse_rms[r * norm_stride + at.norm + row];
        for (let c = 0; c < width; c++) {
          d_params[to + c] += d_y[r * y_stride + row * width + c] * x[from + c] * inverse;
        }
      }
    }
  }
}
