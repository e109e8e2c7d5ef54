// plain_clip: drop a token once its ratio has left the range in the advantage's direction; no other guard.
// Paper   arXiv 1707.06347 Eq. 7; asymmetric range arXiv 2503.14476
//         ε_low -> hyper.clip_low   ε_high -> hyper.clip_high   ρ -> ratio
fn stable_mask(t: Token) -> f32 {
  let ratio = exp(t.logp - t.old_logp);
  let too_high = t.advantage > 0.0 && ratio > 1.0 + hyper.clip_high;
  let too_low = t.advantage < 0.0 && ratio < 1.0 - hyper.clip_low;
  return select(1.0, 0.0, too_high || too_low);
}
