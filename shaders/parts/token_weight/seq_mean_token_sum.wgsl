// seq_mean_token_sum: the mean over responses of the sum over tokens.
fn token_weight(c: Counts) -> f32 {
  return 1.0 / max(c.batch_sequences, 1.0);
}
