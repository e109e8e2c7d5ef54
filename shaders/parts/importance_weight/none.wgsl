// none: samples are taken as the current policy’s own; the denominator is π_θ.
fn importance_weight(t: Token) -> f32 {
  return 1.0;
}
