// squared_residual: w δ²; the stabiliser's −A w, with A = −2 δ, times δ / 2.
// Paper   arXiv 2509.15207, trajectory balance
fn likelihood_objective(t: Token, stabilised: f32) -> f32 {
  return 0.5 * t.signal * stabilised;
}
