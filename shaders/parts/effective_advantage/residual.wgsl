// residual: −2 δ, the slope of the squared residual; δ is the response's signal.
// Paper   arXiv 2509.15207, trajectory balance
fn effective_advantage(t: Token) -> f32 {
  return -2.0 * t.signal;
}
