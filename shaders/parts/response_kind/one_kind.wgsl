// one_kind: all responses are of the same kind.
fn response_kind(length: u32) -> u32 {
  return 0u;
}
