// The advantage as the advantage part computed it.
fn effective_advantage(t: Token) -> f32 {
  return t.advantage;
}
