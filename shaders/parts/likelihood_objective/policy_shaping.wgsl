// policy_shaping: −A f(π) on demonstrations, with f(π) = π / (π + γ), or f(π) = π without shaping.
// Paper   arXiv 2504.14945, policy shaping
//         γ -> hyper.shaping_gamma
fn likelihood_objective(t: Token, stabilised: f32) -> f32 {
  let p = exp(t.logp);
  let f = select(p, p / (p + hyper.shaping_gamma), hyper.shaping == 1.0);
  return select(stabilised, -t.advantage * f, t.is_demonstration);
}
