// tis_token: π_old / π_sampler of the token, cut at the cap; over the batch's mean where that is asked for.
// Paper   arXiv 2509.23866 (truncated importance sampling)
//         C -> hyper.weight_cap
fn sampler_weight(t: Token) -> f32 {
  let log_weight = clamp(t.old_logp - t.sampler_logp, -log_ratio_limit, log_ratio_limit);
  return min(exp(log_weight), hyper.weight_cap) / t.mean_weight;
}
