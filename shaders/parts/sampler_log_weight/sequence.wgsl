// sequence: log π_old − log π_sampler of the whole response.
fn sampler_log_weight(t: Token) -> f32 {
  return t.sampler_log_ratio;
}
