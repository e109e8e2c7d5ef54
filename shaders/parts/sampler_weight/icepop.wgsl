// icepop: π_old / π_sampler of the token where it lies between the bounds, else 0.
// Paper   arXiv 2510.18855 Sec. 3 (double-sided masking)
//         α -> hyper.weight_low   β -> hyper.weight_cap
fn sampler_weight(t: Token) -> f32 {
  let weight = exp(clamp(t.old_logp - t.sampler_logp, -log_ratio_limit, log_ratio_limit));
  return select(0.0, weight, weight >= hyper.weight_low && weight <= hyper.weight_cap) / t.mean_weight;
}
