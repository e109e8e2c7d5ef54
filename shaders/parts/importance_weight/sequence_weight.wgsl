// sequence_weight: π_θ / π_old of the whole response, held between two bounds; a constant for the gradient.
// Paper   arXiv 2509.15207, importance weight of the objective
fn importance_weight(t: Token) -> f32 {
  return clamp(sequence_ratio_of(t), hyper.weight_min, hyper.weight_max);
}
