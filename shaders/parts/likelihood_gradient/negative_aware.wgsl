// negative_aware: 1 for a right response: the slope of log ρ. For a wrong one λ ρ / max(u, c), u = (1 − r ρ) / (1 − r):
// with A = −ω r / (1 − r) that is the slope of λ ω log u, which passes through the floor.
// Paper   arXiv 2505.18116, implicit negative policy
//         λ -> hyper.nft_negative_weight   c -> hyper.nft_floor
// Uses    negative
fn likelihood_gradient(t: Token) -> f32 {
  let log_ratio = nft_log_ratio(t);
  if (log_ratio > nft_log_limit) {
    return 0.0;
  }
  let ratio = exp(log_ratio);
  return select(hyper.nft_negative_weight * ratio / nft_negative_ratio(t, ratio), 1.0, t.advantage > 0.0);
}
