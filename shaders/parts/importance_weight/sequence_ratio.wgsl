// sequence_ratio: π_θ(y) / π_old(y) of the whole response.
// Paper   arXiv 2402.14740
fn importance_weight(t: Token) -> f32 {
  return select(0.0, sequence_ratio_of(t), abs(t.sequence_log_ratio) <= log_ratio_limit);
}
