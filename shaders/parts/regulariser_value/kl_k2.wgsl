// kl_k2: k2 = (logp − ref_logp)² / 2.
// Paper   http://joschu.net/blog/kl-approx.html
fn regulariser_value(t: Token) -> f32 {
  let x = t.logp - t.ref_logp;
  return 0.5 * x * x;
}
