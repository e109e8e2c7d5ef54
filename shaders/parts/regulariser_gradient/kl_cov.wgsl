// kl_cov: sign of log π − log π_old on the picked tokens, 0 where the two are equal.
// Paper   arXiv 2505.22617 (KL-Cov), as its public code has it
fn regulariser_gradient(t: Token) -> f32 {
  return select(0.0, sign(t.logp - t.old_logp), t.is_picked);
}
