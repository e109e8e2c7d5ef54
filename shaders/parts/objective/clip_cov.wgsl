// clip_cov: max(−A ρ, −A clamp(ρ)), and nothing at all for a token that was picked.
// Paper   arXiv 2505.22617 (Clip-Cov)
fn objective(t: Token) -> f32 {
  let ratio = exp(t.logp - t.old_logp);
  let clipped = clamp(ratio, 1.0 - hyper.clip_low, 1.0 + hyper.clip_high);
  return select(max(-t.advantage * ratio, -t.advantage * clipped), 0.0, t.is_picked);
}
