// token_mean: every token of the minibatch counts the same.
// Paper   arXiv 2503.14476 Sec. 3.3
fn token_weight(c: Counts) -> f32 {
  return 1.0 / max(c.batch_tokens, 1.0);
}
