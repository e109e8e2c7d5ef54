// ppo_clip: max(−A ρ, −A clamp(ρ)), and at most −c A where A < 0.
// Paper   arXiv 1707.06347 Eq. 7; dual clip arXiv 1912.09729 Eq. 5
fn objective(t: Token) -> f32 {
  let ratio = ratio_of(t);
  let clipped = clamp(ratio, 1.0 - hyper.clip_low, 1.0 + hyper.clip_high);
  let worse = max(-t.advantage * ratio, -t.advantage * clipped);
  return select(worse, min(-t.advantage * hyper.dual_clip, worse), t.advantage < 0.0);
}
