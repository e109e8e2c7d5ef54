// sequence: the tokens of a response share one weight.
fn sampler_share(t: Token) -> f32 {
  return 1.0 / max(t.sequence_tokens, 1.0);
}
