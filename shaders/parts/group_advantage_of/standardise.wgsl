// standardise: A = (R − mean) / (std + ε).
// Paper   arXiv 2402.03300 Sec. 4.1.2
fn group_advantage_of(reward: f32, g: Group) -> f32 {
  return (reward - g.mean) / (g.std_dev + hyper.advantage_eps);
}
