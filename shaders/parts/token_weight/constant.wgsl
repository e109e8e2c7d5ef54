// constant: the sum over tokens divided by a constant length, which only rescales the learning rate.
// Paper   arXiv 2503.20783 Sec. 3.2
fn token_weight(c: Counts) -> f32 {
  return 1.0 / (max(c.batch_sequences, 1.0) * hyper.norm_length);
}
