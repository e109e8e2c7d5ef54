// old_ratio: −A ρ, without a clip.
// Paper   arXiv 1707.06347 Eq. 6
fn objective(t: Token) -> f32 {
  return -t.advantage * exp(t.logp - t.old_logp);
}
