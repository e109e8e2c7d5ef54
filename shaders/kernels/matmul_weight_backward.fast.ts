import type { TwinCall } from '../../src/engine/twin.ts';
import { part_of } from '../lib/rows.ref.ts';

/** Like the twin, in blocks of 2 inputs × 4 outputs whose sums stay in registers; sizes are even, `output` a multiple of 4. */
export function matmul_weight_backward({ b, size, at }: TwinCall): void {
  const { x, d_y, d_params } = b;
  // `| 0` tells the compiler that these are whole numbers, which the loops below pay back twice over
  const replica = size.replica | 0;
  const input = size.input | 0;
  const output = size.output | 0;
  const split = size.split | 0;
  const param_stride = size.param_stride | 0;
  const count = at.count | 0;
  const x_stride = at.x_stride | 0;
  const y_stride = at.y_stride | 0;
  const at_weight = at.weight | 0;
  const at_x = at.x | 0;
  for (let r = 0; r < replica; r++) {
    for (let part = 0; part < split; part++) {
      const [begin, end] = part_of(count, split, part);
      const weight = (r * split + part) * param_stride + at_weight;
      const from_x = r * x_stride + at_x + begin * input;
      const from_y = r * y_stride + begin * output;
      for (let i = 0; i < input; i += 2) {
        for (let o = 0; o < output; o += 4) {
          let a0 = 0;
          let a1 = 0;
          let a2 = 0;
          let a3 = 0;
          let b0 = 0;
          let b1 = 0;
          let b2 = 0;
          let b3 = 0;
          for (let k = begin, p = from_x + i, q = from_y + o; k < end; k++, p += input, q += output) {
            const u = x[p];
            const v = x[p + 1];
            const d0 = d_y[q];
            const d1 = d_y[q + 1];
            const d2 = d_y[q + 2];
            const d3 = d_y[q + 3];
            a0 += u * d0;
            a1 += u * d1;
            a2 += u * d2;
            a3 += u * d3;
            b0 += v * d0;
            b1 += v * d1;
            b2 += v * d2;
            b3 += v * d3;
          }
          let w = weight + i * output + o;
          d_params[w] = a0;
          d_params[w + 1] = a1;
          d_params[w + 2] = a2;
          d_params[w + 3] = a3;
          w += output;
          d_params[w] = b0;
          d_params[w + 1] = b1;
          d_params[w + 2] = b2;
          d_params[w + 3] = b3;
        }
      }
    }
  }
}
