// demonstrated: 1 on demonstrations, which are imitated whatever they are worth; elsewhere the advantage.
// Paper   arXiv 2509.04419, the advantage of supervised fine-tuning
fn effective_advantage(t: Token) -> f32 {
  return select(t.advantage, 1.0, t.is_demonstration);
}
