// seq_mean_token_mean: every response counts the same, so tokens of long responses count less.
// Paper   arXiv 2402.03300 Eq. 3
fn token_weight(c: Counts) -> f32 {
  return 1.0 / ((c.sequence_tokens + 1e-8) * max(c.batch_sequences, 1.0));
}
