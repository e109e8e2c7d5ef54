// sort: the share of response positions that hold the symbol which belongs there in ascending order; 1 only for the
// sorted prompt. Symbol s belongs to position i if fewer than i + 1 prompt symbols are below s and more than i are ≤ s.
// Twin    src/tasks/sort.ts

fn reward(length: u32) -> f32 {
  var placed = 0u;
  for (var i = 0u; i < min(length, prompt_position); i++) {
    let symbol = response_symbol(i);
    var below = 0u;
    var up_to = 0u;
    for (var j = 0u; j < prompt_position; j++) {
      below += select(0u, 1u, prompt_symbol(j) < symbol);
      up_to += select(0u, 1u, prompt_symbol(j) <= symbol);
    }
    placed += select(0u, 1u, below <= i && i < up_to);
  }
  return f32(placed) / f32(prompt_position);
}
