// gelu: the tanh form, gelu(x) = x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))) = x σ(2 √(2/π) (x + 0.044715 x³)).
// Paper   arXiv 1606.08415 Sec. 2

const gelu_scale = 1.5957691216057308; // 2 √(2/π)
const gelu_cubic = 0.044715;

fn gelu_gate(x: vec4f) -> vec4f {
  return 1.0 / (1.0 + exp(-gelu_scale * (x + gelu_cubic * x * x * x)));
}
