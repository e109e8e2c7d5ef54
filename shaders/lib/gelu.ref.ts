/** 2 √(2/π), of the tanh form of GELU (arXiv 1606.08415 Sec. 2): gelu(x) = x σ(gelu_scale (x + gelu_cubic x³)). */
export const gelu_scale = 2 * Math.sqrt(2 / Math.PI);
/** The cubic coefficient of the tanh form. */
export const gelu_cubic = 0.044715;

/** σ(gelu_scale (x + gelu_cubic x³)). */
export const gelu_gate = (x: number): number => 1 / (1 + Math.exp(-gelu_scale * (x + gelu_cubic * x * x * x)));
