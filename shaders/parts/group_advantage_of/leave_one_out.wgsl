// leave_one_out: A = R − mean of the other responses = n / (n − 1) (R − mean).
// A response without others keeps its reward, or gets 0 where hyper.lone_response is 1.
// Paper   arXiv 2402.14740 Eq. 7
fn group_advantage_of(reward: f32, g: Group) -> f32 {
  if (g.count == 1.0) {
    return select(reward, 0.0, hyper.lone_response == 1.0);
  }
  return g.count / (g.count - 1.0) * (reward - g.mean);
}
