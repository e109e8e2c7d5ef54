import type { TwinCall } from '../../src/engine/twin.ts';

/** d_X = d_Y Wᵀ. */
export function matmul_input_backward({ b, size, at }: TwinCall): void {
  const { d_y, params, d_x } = b;
  const { replica, input, output, param_stride } = size;
  const { count, x_stride, y_stride } = at;
  for (let r = 0; r < replica; r++) {
    for (let k = 0; k < count; k++) {
      const x0 = r * x_stride + k * input;
      const y0 = r * y_stride + k * output;
      for (let i = 0; i < input; i++) {
        const weight = r * param_stride + at.weight + i * output;
        let sum = 0;
        for (let o = 0; o < output; o++) sum += d_y[y0 + o] * params[weight + o];
        d_x[x0 + i] = sum;
      }
    }
  }
}
