// old_ratio: π_θ / π_old, however large; an update that it makes infinite is skipped and counted.
// Paper   arXiv 1707.06347 Eq. 6
fn importance_weight(t: Token) -> f32 {
  return exp(t.logp - t.old_logp);
}
