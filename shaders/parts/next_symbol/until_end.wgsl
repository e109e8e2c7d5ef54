// until_end: the policy writes until it emits the end symbol, which belongs to the response.
override end_symbol: u32;

fn next_symbol(t: u32) -> Next {
  if (t > 0u && response_symbol(t - 1u) == end_symbol) {
    return Next(next_stop, 0u);
  }
  return Next(next_sample, 0u);
}
