// ppo_clip: drop a token once the policy has moved far enough in the advantage's direction, and one
// with a negative advantage whose ratio has exploded (dual clip, c = dual_clip).
// Paper   arXiv 1707.06347 Eq. 7; asymmetric range arXiv 2503.14476; dual clip arXiv 1912.09729 Eq. 5
//         ε_low -> hyper.clip_low   ε_high -> hyper.clip_high   ρ -> ratio
fn stable_mask(t: Token) -> f32 {
  let ratio = ratio_of(t);
  let too_high = t.advantage > 0.0 && ratio > 1.0 + hyper.clip_high;
  let too_low = t.advantage < 0.0 && (ratio < 1.0 - hyper.clip_low || ratio > hyper.dual_clip);
  return select(1.0, 0.0, too_high || too_low);
}
