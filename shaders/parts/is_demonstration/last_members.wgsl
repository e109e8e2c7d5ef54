// last_members: the last hyper.num_demonstrations members of every group.
fn is_demonstration(member_index: u32, members: u32) -> bool {
  return f32(member_index) + hyper.num_demonstrations >= f32(members);
}
