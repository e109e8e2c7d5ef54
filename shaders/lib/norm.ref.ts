/** The constant under the root of RMSNorm. */
export const norm_eps = 1e-5;
