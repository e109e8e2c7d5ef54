// none: every token counts.
fn stable_mask(t: Token) -> f32 {
  return 1.0;
}
