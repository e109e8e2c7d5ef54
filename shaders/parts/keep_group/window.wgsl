// window: keep a group whose accuracy lies in a window.
// Paper   arXiv 2509.09674 (dynamic sampling), as its public code has it
fn keep_group(accuracy: f32, members: u32) -> bool {
  return hyper.accuracy_low <= accuracy && accuracy <= hyper.accuracy_high;
}
