// leave_one_out: A = R − mean of the other responses = n / (n − 1) (R − mean).
// Paper   arXiv 2402.14740 Eq. 7
fn group_advantage_of(reward: f32, g: Group) -> f32 {
  return select(g.count / max(g.count - 1.0, 1.0), 1.0, g.count == 1.0) * (reward - g.mean);
}
