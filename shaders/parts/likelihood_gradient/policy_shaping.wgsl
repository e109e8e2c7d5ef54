// policy_shaping: on demonstrations π f'(π), with f(π) = π / (π + γ), or f(π) = π without shaping; elsewhere ∇ log π itself.
// Paper   arXiv 2504.14945, policy shaping
//         γ -> hyper.shaping_gamma
fn likelihood_gradient(t: Token) -> f32 {
  if (!t.is_demonstration) {
    return 1.0;
  }
  let p = exp(t.logp);
  let shifted = p + hyper.shaping_gamma;
  return select(p, hyper.shaping_gamma * p / (shifted * shifted), hyper.shaping == 1.0);
}
