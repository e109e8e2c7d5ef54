import type { TwinCall } from '../../src/engine/twin.ts';

/** Y = X W (store) or Y = residual + X W (add) for rows first + k · row_step. */
export function matmul({ b, size, at, slot }: TwinCall): void {
  const { x, params, y } = b;
  const { replica, input, output, param_stride } = size;
  const { count, x_stride, y_stride } = at;
  for (let r = 0; r < replica; r++) {
    const weight = r * param_stride + at.weight;
    for (let k = 0; k < count; k++) {
      const row = at.first + k * at.row_step;
      const x0 = r * x_stride + at.x + row * input;
      const y0 = r * y_stride + at.y + row * output;
      const residual = r * y_stride + at.residual + row * output;
      for (let o = 0; o < output; o++) {
        let sum = 0;
        for (let i = 0; i < input; i++) sum += x[x0 + i] * params[weight + i * output + o];
        y[y0 + o] = slot.matmul_epilogue(y[residual + o], sum);
      }
    }
  }
}
