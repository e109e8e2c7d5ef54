import type { TwinCall } from '../../src/engine/twin.ts';

/** Like the twin, in blocks of 2 rows × 4 outputs whose sums stay in registers; `output` is a multiple of 4. */
export function matmul({ b, size, at, slot }: TwinCall): void {
  const { x, params, y } = b;
  // `| 0` tells the compiler that these are whole numbers, which the loops below pay back twice over
  const replica = size.replica | 0;
  const input = size.input | 0;
  const output = size.output | 0;
  const param_stride = size.param_stride | 0;
  const first = at.first | 0;
  const row_step = at.row_step | 0;
  const count = at.count | 0;
  const x_stride = at.x_stride | 0;
  const y_stride = at.y_stride | 0;
  const at_weight = at.weight | 0;
  const at_x = at.x | 0;
  const at_y = at.y | 0;
  const at_residual = at.residual | 0;
  const epilogue = slot.matmul_epilogue;
  for (let r = 0; r < replica; r++) {
    const weight = r * param_stride + at_weight;
    const from = r * x_stride + at_x;
    const to = r * y_stride + at_y;
    const residual = at_residual - at_y;
    for (let k = 0; k < count; k += 2) {
      const row = first + k * row_step;
      const has_next = k + 1 < count; // else the second row repeats the first and is not stored
      const next = has_next ? row + row_step : row;
      const x0 = from + row * input;
      const x1 = from + next * input;
      for (let o = 0; o < output; o += 4) {
        let a0 = 0;
        let a1 = 0;
        let a2 = 0;
        let a3 = 0;
        let b0 = 0;
        let b1 = 0;
        let b2 = 0;
        let b3 = 0;
        for (let i = 0, w = weight + o; i < input; i++, w += output) {
          const w0 = params[w];
          const w1 = params[w + 1];
          const w2 = params[w + 2];
          const w3 = params[w + 3];
          const u = x[x0 + i];
          const v = x[x1 + i];
          a0 += u * w0;
          a1 += u * w1;
          a2 += u * w2;
          a3 += u * w3;
          b0 += v * w0;
          b1 += v * w1;
          b2 += v * w2;
          b3 += v * w3;
        }
        let p = to + row * output + o;
        y[p] = epilogue(y[p + residual], a0);
        y[p + 1] = epilogue(y[p + residual + 1], a1);
        y[p + 2] = epilogue(y[p + residual + 2], a2);
        y[p + 3] = epilogue(y[p + residual + 3], a3);
        if (!has_next) continue;
        p = to + next * output + o;
        y[p] = epilogue(y[p + residual], b0);
        y[p + 1] = epilogue(y[p + residual + 1], b1);
        y[p + 2] = epilogue(y[p + residual + 2], b2);
        y[p + 3] = epilogue(y[p + residual + 3], b3);
      }
    }
  }
}
