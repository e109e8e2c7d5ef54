// every: no response is the policy's own.
fn is_demonstration(member_index: u32, members: u32) -> bool {
  return true;
}
