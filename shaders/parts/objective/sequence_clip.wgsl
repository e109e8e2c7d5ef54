// sequence_clip: −min(ρ A, clamp(ρ) A) of the response, shared out among its tokens.
// Paper   arXiv 2402.14740 with the clipping of its public code
fn objective(t: Token) -> f32 {
  let ratio = sequence_ratio_of(t);
  let clipped = clamp(ratio, 1.0 - hyper.clip_low, 1.0 + hyper.clip_high);
  return -min(ratio * t.advantage, clipped * t.advantage) / max(t.sequence_tokens, 1.0);
}
