// old_policy: π_θ / π_old; beyond the clamp of the log-ratio its slope, and with it the gradient, is 0.
// Paper   arXiv 1707.06347 Eq. 6
fn importance_weight(t: Token) -> f32 {
  return select(0.0, ratio_of(t), abs(t.logp - t.old_logp) <= log_ratio_limit);
}
