import type { TwinCall } from '../../src/engine/twin.ts';

/** Global norm and min(1, max_grad_norm / (norm + 1e-6)); a norm that is not finite or an empty batch skips the update. */
export function gradient_norm({ b, size, hyper }: TwinCall): void {
  const { square_sum, batch_count, optimiser } = b;
  const { replica, param_chunk } = size;
  for (let r = 0; r < replica; r++) {
    let sum = 0;
    for (let i = r * param_chunk; i < (r + 1) * param_chunk; i++) sum += square_sum[i];
    const norm = Math.sqrt(sum);
    const is_done = Number.isFinite(norm) && batch_count[r * 4] > 0;
    optimiser[r * 4] = norm;
    optimiser[r * 4 + 1] = is_done ? Math.min(1, hyper(r).max_grad_norm / (norm + 1e-6)) : 0;
    optimiser[r * 4 + (is_done ? 2 : 3)] += 1;
  }
}
