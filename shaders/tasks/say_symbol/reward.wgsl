// say_symbol: 1 if the symbol that the prompt names last stands before the end symbol, and the response has ended. A prompt
// that names the end symbol asks for what cannot be: nothing is both the end and before it.
// Twin    src/tasks/say_symbol.ts

override end_symbol: u32;

fn reward(length: u32) -> f32 {
  let wanted = prompt_symbol(prompt_position - 1u);
  var is_said = false;
  for (var t = 0u; t < length; t++) {
    let symbol = response_symbol(t);
    if (symbol == end_symbol) {
      return select(0.0, 1.0, is_said);
    }
    is_said = is_said || symbol == wanted;
  }
  return 0.0;
}
