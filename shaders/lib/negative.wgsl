// negative: the ratio of NFT and the ratio of the negative policy that follows from it.
// Paper   arXiv 2505.18116, implicit negative policy
// Uses    token

const nft_log_limit = 10.0;

// log π_θ / π_old, of the token or, where hyper.nft_ratio is 1, of the whole response.
fn nft_log_ratio(t: Token) -> f32 {
  return select(t.logp - t.old_logp, t.sequence_log_ratio, hyper.nft_ratio == 1.0);
}

// (1 − r ρ) / (1 − r), held above the floor; r is the response's signal.
fn nft_negative_ratio(t: Token, ratio: f32) -> f32 {
  return max((1.0 - t.signal * ratio) / (1.0 - t.signal), hyper.nft_floor);
}
