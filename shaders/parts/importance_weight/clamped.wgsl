// clamped: π_θ / π_old held between 1 − ε and 1 + ε; a constant for the gradient.
// Paper   arXiv 2506.13585 (CISPO)
fn importance_weight(t: Token) -> f32 {
  return clamp(ratio_of(t), 1.0 - hyper.clip_low, 1.0 + hyper.clip_high);
}
