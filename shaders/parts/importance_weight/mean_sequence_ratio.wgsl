// mean_sequence_ratio: s, the geometric mean of the token ratios of the response; where its log is held, its slope is 0.
// Paper   arXiv 2507.18071 Eq. 7
// Uses    sequence_mean
fn importance_weight(t: Token) -> f32 {
  return select(0.0, mean_sequence_ratio_of(t), mean_log_ratio_of(t) <= mean_log_ratio_limit);
}
