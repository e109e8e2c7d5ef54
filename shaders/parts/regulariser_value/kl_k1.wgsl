// kl_k1: k1 = logp − ref_logp: unbiased for KL(π ‖ ref), may be negative.
// Paper   http://joschu.net/blog/kl-approx.html
fn regulariser_value(t: Token) -> f32 {
  return t.logp - t.ref_logp;
}
