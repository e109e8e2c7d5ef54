// token: log π_old − log π_sampler of the token.
fn sampler_log_weight(t: Token) -> f32 {
  return t.old_logp - t.sampler_logp;
}
