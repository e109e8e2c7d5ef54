// kl_abs: |logp − ref_logp|.
// Paper   http://joschu.net/blog/kl-approx.html (k1 and its kin)
fn regulariser_value(t: Token) -> f32 {
  return abs(t.logp - t.ref_logp);
}
