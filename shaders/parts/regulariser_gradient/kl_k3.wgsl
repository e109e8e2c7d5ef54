// kl_k3: slope of k3, 1 − exp(−x); 0 where a clamp holds.
// Paper   http://joschu.net/blog/kl-approx.html; arXiv 2402.03300 Eq. 4
fn regulariser_gradient(t: Token) -> f32 {
  let x = t.ref_logp - t.logp;
  let is_clamped = abs(x) > log_ratio_limit || exp(min(x, log_ratio_limit)) - 1.0 - x > kl_k3_limit;
  return select(1.0 - exp(min(x, log_ratio_limit)), 0.0, is_clamped);
}
