// sequence_clip: PPO clipping on the ratio of the whole response, without length normalisation.
// Paper   arXiv 2402.14740 with the clipping of its public code
fn stable_mask(t: Token) -> f32 {
  let ratio = sequence_ratio_of(t);
  let too_high = t.advantage > 0.0 && ratio > 1.0 + hyper.clip_high;
  let too_low = t.advantage < 0.0 && ratio < 1.0 - hyper.clip_low;
  return select(1.0, 0.0, too_high || too_low);
}
