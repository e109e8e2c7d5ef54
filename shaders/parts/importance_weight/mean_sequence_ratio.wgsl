// mean_sequence_ratio: s, the geometric mean of the token ratios of the response.
// Paper   arXiv 2507.18071 Eq. 7
// Uses    sequence_mean
fn importance_weight(t: Token) -> f32 {
  return mean_sequence_ratio_of(t);
}
