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
  entropy: f32,            // of the next-token distribution now, nats
  is_demonstration: bool,  // written by the task's solver; its old policy is the current one
  is_picked: bool,         // chosen by a part that singles out tokens of the minibatch
  sampler_log_ratio: f32,  // Σ old_logp − sampler_logp over the sequence's own tokens
  signal: f32,             // a number per sequence that a part computed for itself
  mean_weight: f32,        // mean of the sampler weights where a correction divides by it, else 1
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
