// constant_rows: the sum over all tokens divided by a constant length and a constant number of responses.
fn token_weight(c: Counts) -> f32 {
  return 1.0 / (hyper.norm_length * hyper.norm_rows);
}
