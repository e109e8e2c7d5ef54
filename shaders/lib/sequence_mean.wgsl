// sequence_mean: the geometric mean of the token ratios of a response; the log is held below 10, as in verl.
// Uses    token

const mean_log_ratio_limit = 10.0;

fn mean_log_ratio_of(t: Token) -> f32 {
  return t.sequence_log_ratio / max(t.sequence_tokens, 1.0);
}

fn mean_sequence_ratio_of(t: Token) -> f32 {
  return exp(min(mean_log_ratio_of(t), mean_log_ratio_limit));
}
