// entropy_shaped: A + min(α H, |A| / κ): uncertain tokens count a little more, and no advantage changes its sign.
// Paper   arXiv 2506.14758 (entropy-based advantage); no gradient flows through H
//         α -> hyper.entropy_alpha   κ -> hyper.entropy_kappa
fn effective_advantage(t: Token) -> f32 {
  return t.advantage + min(hyper.entropy_alpha * t.entropy, abs(t.advantage) / hyper.entropy_kappa);
}
