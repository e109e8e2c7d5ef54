// kl_abs: slope of |logp − ref_logp|; 0 where the two are equal.
fn regulariser_gradient(t: Token) -> f32 {
  return sign(t.logp - t.ref_logp);
}
