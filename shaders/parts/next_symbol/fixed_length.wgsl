// fixed_length: the policy writes every position.
fn next_symbol(t: u32) -> Next {
  return Next(next_sample, 0u);
}
