import type { TwinCall } from '../../src/engine/twin.ts';
import { part_of } from '../lib/rows.ref.ts';

/** d_W = Xᵀ d_Y over each part of the rows. */
export function matmul_weight_backward({ b, size, at }: TwinCall): void {
  const { x, d_y, d_params } = b;
  const { replica, input, output, split, param_stride } = size;
  const { count, x_stride, y_stride } = at;
  for (let r = 0; r < replica; r++) {
    for (let part = 0; part < split; part++) {
      const [begin, end] = part_of(count, split, part);
      const weight = (r * split + part) * param_stride + at.weight;
      for (let i = 0; i < input; i++) {
        for (let o = 0; o < output; o++) {
          let sum = 0;
          for (let k = begin; k < end; k++) {
            sum += x[r * x_stride + at.x + k * input + i] * d_y[r * y_stride + k * output + o];
          }
          d_params[weight + i * output + o] = sum;
        }
      }
    }
  }
}
