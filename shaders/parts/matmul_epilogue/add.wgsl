// add: the residual connection.
fn matmul_epilogue(residual: vec4f, value: vec4f) -> vec4f {
  return residual + value;
}
