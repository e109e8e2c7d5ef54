import type { TwinCall } from '../../src/engine/twin.ts';

/** Adds the parts' gradients, and squares the sum in chunks of 64 parameters. */
export function gradient_sum({ b, size }: TwinCall): void {
  const { d_params, gradient, square_sum } = b;
  const { replica, param_stride, param_chunk, split } = size;
  for (let r = 0; r < replica; r++) {
    for (let chunk = 0; chunk < param_chunk; chunk++) {
      const end = Math.min((chunk + 1) * 64, param_stride);
      let squares = 0;
      for (let i = chunk * 64; i < end; i++) {
        let sum = 0;
        for (let part = 0; part < split; part++) sum += d_params[(r * split + part) * param_stride + i];
        gradient[r * param_stride + i] = sum;
        squares += sum * sum;
      }
      square_sum[r * param_chunk + chunk] = squares;
    }
  }
}
