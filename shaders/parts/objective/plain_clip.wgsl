// plain_clip: max(−A ρ, −A clamp(ρ)).
// Paper   arXiv 1707.06347 Eq. 7
fn objective(t: Token) -> f32 {
  let ratio = exp(t.logp - t.old_logp);
  return max(-t.advantage * ratio, -t.advantage * clamp(ratio, 1.0 - hyper.clip_low, 1.0 + hyper.clip_high));
}
