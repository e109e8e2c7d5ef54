import type { TwinCall } from '../../src/engine/twin.ts';

/** Like the twin, in blocks of 2 rows × 4 inputs whose sums stay in registers; `input` is a multiple of 4. */
export function matmul_input_backward({ b, size, at }: TwinCall): void {
  const { d_y, params, d_x } = b;
  // `| 0` tells the compiler that these are whole numbers, which the loops below pay back twice over
  const replica = size.replica | 0;
  const input = size.input | 0;
  const output = size.output | 0;
  const param_stride = size.param_stride | 0;
  const count = at.count | 0;
  const x_stride = at.x_stride | 0;
  const y_stride = at.y_stride | 0;
  const at_weight = at.weight | 0;
  for (let r = 0; r < replica; r++) {
    const weight = r * param_stride + at_weight;
    for (let k = 0; k < count; k += 2) {
      const has_next = k + 1 < count; // else the second row repeats the first and is not stored
      const y0 = r * y_stride + k * output;
      const y1 = has_next ? y0 + output : y0;
      const x0 = r * x_stride + k * input;
      for (let i = 0; i < input; i += 4) {
        const p0 = weight + i * output;
        const p1 = p0 + output;
        const p2 = p1 + output;
        const p3 = p2 + output;
        let a0 = 0;
        let a1 = 0;
        let a2 = 0;
        let a3 = 0;
        let b0 = 0;
        let b1 = 0;
        let b2 = 0;
        let b3 = 0;
        for (let o = 0; o < output; o++) {
          const w0 = params[p0 + o];
          const w1 = params[p1 + o];
          const w2 = params[p2 + o];
          const w3 = params[p3 + o];
          const u = d_y[y0 + o];
          const v = d_y[y1 + o];
          a0 += u * w0;
          a1 += u * w1;
          a2 += u * w2;
          a3 += u * w3;
          b0 += v * w0;
          b1 += v * w1;
          b2 += v * w2;
          b3 += v * w3;
        }
        let q = x0 + i;
        d_x[q] = a0;
        d_x[q + 1] = a1;
        d_x[q + 2] = a2;
        d_x[q + 3] = a3;
        if (!has_next) continue;
        q += input;
        d_x[q] = b0;
        d_x[q + 1] = b1;
        d_x[q + 2] = b2;
        d_x[q + 3] = b3;
      }
    }
  }
}
