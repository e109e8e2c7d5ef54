// mean_sequence_clip: 0 on every token of a response whose mean ratio left the trust region in the advantage's direction.
// Paper   arXiv 2507.18071 Eq. 5
// Uses    sequence_mean
fn stable_mask(t: Token) -> f32 {
  let ratio = mean_sequence_ratio_of(t);
  let too_high = t.advantage > 0.0 && ratio > 1.0 + hyper.clip_high;
  let too_low = t.advantage < 0.0 && ratio < 1.0 - hyper.clip_low;
  return select(1.0, 0.0, too_high || too_low);
}
