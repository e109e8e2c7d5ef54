// unclipped: −A ρ, or −A log π of a demonstration, which no policy drew.
fn objective(t: Token) -> f32 {
  return -t.advantage * select(ratio_of(t), t.logp, t.is_demonstration);
}
