// token: every token counts as one weight.
fn sampler_share(t: Token) -> f32 {
  return 1.0;
}
