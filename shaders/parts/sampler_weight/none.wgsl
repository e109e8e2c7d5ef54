// The samples are taken as they are.
fn sampler_weight(t: Token) -> f32 {
  return 1.0;
}
