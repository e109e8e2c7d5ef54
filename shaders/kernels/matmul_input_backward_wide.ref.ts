/** The same sum as matmul_input_backward, in larger blocks. */
export { matmul_input_backward as matmul_input_backward_wide } from './matmul_input_backward.ref.ts';
