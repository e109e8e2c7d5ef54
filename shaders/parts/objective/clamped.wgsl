// clamped: −A sg(clamp(ρ)) log π: only its slope means something.
// Paper   arXiv 2506.13585 (CISPO)
fn objective(t: Token) -> f32 {
  return -t.advantage * clamp(ratio_of(t), 1.0 - hyper.clip_low, 1.0 + hyper.clip_high) * t.logp;
}
