// The stabiliser's surrogate is the loss.
fn likelihood_objective(t: Token, stabilised: f32) -> f32 {
  return stabilised;
}
