// repeat_symbol: the share of the response that equals the prompt's first symbol.
// Twin    src/tasks/repeat_symbol.ts

fn reward(length: u32) -> f32 {
  let wanted = prompt_symbol(0u);
  var equal = 0u;
  for (var t = 0u; t < length; t++) {
    equal += select(0u, 1u, response_symbol(t) == wanted);
  }
  return f32(equal) / f32(position);
}
