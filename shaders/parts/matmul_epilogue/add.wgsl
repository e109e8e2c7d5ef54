// add: the residual connection.
fn matmul_epilogue(residual: u32, value: vec4f) -> vec4f {
  return y[residual] + value;
}
