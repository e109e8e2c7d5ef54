// negative_aware: −ω log ρ for a right response, −λ ω log max(u, c) for a wrong one; the ratio of a whole response has its
// term once, shared by the tokens.
// Paper   arXiv 2505.18116, implicit negative policy
// Uses    negative
fn likelihood_objective(t: Token, stabilised: f32) -> f32 {
  let log_ratio = min(nft_log_ratio(t), nft_log_limit);
  let r = t.signal;
  let log_negative = log(nft_negative_ratio(t, exp(log_ratio)));
  let wrong = hyper.nft_negative_weight * t.advantage * (1.0 - r) / r * log_negative;
  let share = select(1.0, 1.0 / max(t.sequence_tokens, 1.0), hyper.nft_ratio == 1.0);
  return share * select(wrong, -t.advantage * log_ratio, t.advantage > 0.0);
}
