// kl_cov: |log π − log π_old| of the picked tokens.
// Paper   arXiv 2505.22617 (KL-Cov), as its public code has it
fn regulariser_value(t: Token) -> f32 {
  return select(0.0, abs(t.logp - t.old_logp), t.is_picked);
}
