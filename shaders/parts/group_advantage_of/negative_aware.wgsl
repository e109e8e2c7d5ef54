// negative_aware: ω for a right response, −ω r / (1 − r) for a wrong one, r the group's success rate within [0.02, 0.98].
// The rewards are verdicts: 1 right, 0 wrong.
//   ω = 1 − r: A = R − r, as in Dr. GRPO;  ω = √((1 − r) / r): as in GRPO with the population's spread;  ω = 1
// A group that is all right or all wrong has nothing to compare, and counts nothing.
// Paper   arXiv 2505.18116, prompt weight
//         ω -> hyper.nft_normalise: 0 one, 1 the mean's, 2 the spread's
fn group_advantage_of(reward: f32, g: Group) -> f32 {
  if (g.mean <= 0.0 || g.mean >= 1.0 || g.count == 1.0) {
    return 0.0;
  }
  let r = clamp(g.mean, 0.02, 0.98);
  var weight = 1.0;
  if (hyper.nft_normalise == 1.0) {
    weight = 1.0 - r;
  } else if (hyper.nft_normalise == 2.0) {
    weight = sqrt((1.0 - r) / r);
  }
  return select(-weight * r / (1.0 - r), weight, reward == 1.0);
}
