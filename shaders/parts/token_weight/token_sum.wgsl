// token_sum: the plain sum over tokens.
fn token_weight(c: Counts) -> f32 {
  return 1.0;
}
