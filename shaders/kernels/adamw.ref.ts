import type { TwinCall } from '../../src/engine/twin.ts';

/** AdamW (arXiv 1412.6980 Alg. 1, 1711.05101 Alg. 2) with the gradient scaled by the clipping factor; a factor of 0 skips. */
export function adamw({ b, size, hyper }: TwinCall): void {
  const { gradient, optimiser, params, moment1, moment2 } = b;
  const { replica, param_stride } = size;
  for (let r = 0; r < replica; r++) {
    const { learning_rate, adam_beta1, adam_beta2, adam_eps, weight_decay } = hyper(r);
    const factor = optimiser[r * 4 + 1];
    const updates = optimiser[r * 4 + 2];
    if (factor === 0) continue;
    const correction1 = 1 - adam_beta1 ** updates;
    const correction2 = 1 - adam_beta2 ** updates;
    for (let i = r * param_stride; i < (r + 1) * param_stride; i++) {
      const g = gradient[i] * factor;
      const m = adam_beta1 * moment1[i] + (1 - adam_beta1) * g;
      const v = adam_beta2 * moment2[i] + (1 - adam_beta2) * g * g;
      moment1[i] = m;
      moment2[i] = v;
      const m_hat = m / correction1;
      const v_hat = v / correction2;
      params[i] -= learning_rate * (m_hat / (Math.sqrt(v_hat) + adam_eps) + weight_decay * params[i]);
    }
  }
}
