// token: what the parts of an algorithm see of one token, and the ratio that several of them use.
// Uses    numeric

struct Token {
  logp: f32,               // under the policy being trained, nats
  old_logp: f32,           // under the weights at the start of this update phase
  sampler_logp: f32,       // under what drew the token
  ref_logp: f32,           // under the frozen KL anchor
  advantage: f32,
  sequence_log_ratio: f32, // Σ logp − old_logp over the sequence's own tokens
  sequence_tokens: f32,    // number of the sequence's own tokens
}

fn log_ratio_of(t: Token) -> f32 {
  return clamp(t.logp - t.old_logp, -log_ratio_limit, log_ratio_limit);
}

fn ratio_of(t: Token) -> f32 {
  return exp(log_ratio_of(t));
}

fn sequence_ratio_of(t: Token) -> f32 {
  return exp(clamp(t.sequence_log_ratio, -log_ratio_limit, log_ratio_limit));
}
