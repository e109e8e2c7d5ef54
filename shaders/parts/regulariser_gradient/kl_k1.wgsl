// kl_k1: slope of k1; its expectation is 0.
fn regulariser_gradient(t: Token) -> f32 {
  return 1.0;
}
