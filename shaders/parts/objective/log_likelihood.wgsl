// log_likelihood: −A log π: only its slope means something, its value is no estimate of the return.
fn objective(t: Token) -> f32 {
  return -t.advantage * t.logp;
}
