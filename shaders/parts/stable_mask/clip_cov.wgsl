// clip_cov: drop a token that was picked for its covariance, or whose ratio has left the range in the advantage's direction.
// Paper   arXiv 2505.22617 (Clip-Cov)
fn stable_mask(t: Token) -> f32 {
  let ratio = exp(t.logp - t.old_logp);
  let too_high = t.advantage > 0.0 && ratio > 1.0 + hyper.clip_high;
  let too_low = t.advantage < 0.0 && ratio < 1.0 - hyper.clip_low;
  return select(1.0, 0.0, too_high || too_low || t.is_picked);
}
