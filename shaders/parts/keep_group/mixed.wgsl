// mixed: keep a group that is neither all right nor all wrong; a group of one cannot be mixed and is kept.
// Paper   arXiv 2503.14476 Eq. 11
fn keep_group(accuracy: f32, members: u32) -> bool {
  return (accuracy > 0.0 && accuracy < 1.0) || members == 1u;
}
