// sequence_weight: −A w with the weight of the whole response.
fn objective(t: Token) -> f32 {
  return -t.advantage * clamp(sequence_ratio_of(t), hyper.weight_min, hyper.weight_max);
}
