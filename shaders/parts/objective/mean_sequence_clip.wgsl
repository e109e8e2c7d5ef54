// mean_sequence_clip: −min(s A, clip(s) A) on every token; s is the mean ratio of the response.
// Paper   arXiv 2507.18071 Eq. 5
// Uses    sequence_mean
fn objective(t: Token) -> f32 {
  let ratio = mean_sequence_ratio_of(t);
  let clipped = clamp(ratio, 1.0 - hyper.clip_low, 1.0 + hyper.clip_high);
  return max(-t.advantage * ratio, -t.advantage * clipped);
}
