// gelu: the activation at once, where no backward pass will ask for what went in.
// Paper   arXiv 1606.08415 Sec. 2, tanh form
// Uses    gelu
fn matmul_epilogue(residual: u32, value: vec4f) -> vec4f {
  return value * gelu_gate(value);
}
