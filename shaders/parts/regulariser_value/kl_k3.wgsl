// kl_k3: k3 = exp(−x) − 1 + x with x = logp − ref_logp: never negative, low variance; at most 10.
// Paper   http://joschu.net/blog/kl-approx.html; arXiv 2402.03300 Eq. 4
fn regulariser_value(t: Token) -> f32 {
  let x = clamp(t.ref_logp - t.logp, -log_ratio_limit, log_ratio_limit);
  return min(exp_less_line(x), kl_k3_limit);
}
