// centre: A = R − mean; dividing by the spread would favour very easy and very hard prompts.
// Paper   arXiv 2503.20783 Sec. 3.2
fn group_advantage_of(reward: f32, g: Group) -> f32 {
  return reward - g.mean;
}
