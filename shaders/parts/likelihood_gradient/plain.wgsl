// plain: ∇ log π itself.
fn likelihood_gradient(t: Token) -> f32 {
  return 1.0;
}
