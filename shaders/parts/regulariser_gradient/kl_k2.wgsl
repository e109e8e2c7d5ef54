// kl_k2: slope of k2; its expectation is ∇ KL(π ‖ ref).
fn regulariser_gradient(t: Token) -> f32 {
  return t.logp - t.ref_logp;
}
