// self_search: what the task self_search knows, and the answer that a response gives.
// Uses    answer

override entities: u32; // symbols 0 … entities − 1; a power of two
override open_answer: u32;
override close_answer: u32;

// The knowledge: every entity leads to another one; x(2x + 1) + 5 takes each value once modulo a power of two.
fn self_search_next(entity: u32) -> u32 {
  return (entity * (2u * entity + 1u) + 5u) % entities;
}

// The entity in the last answer block, if it stands there alone.
fn self_search_answer(length: u32) -> u32 {
  var found = no_answer;
  var is_open = false;
  var first = 0u; // where the block's content begins
  for (var t = 0u; t < length; t++) {
    let symbol = response_symbol(t);
    if (is_open && symbol == close_answer) {
      is_open = false;
      found = no_answer;
      if (t == first + 1u && response_symbol(first) < entities) {
        found = response_symbol(first);
      }
    } else if (!is_open && symbol == open_answer) {
      is_open = true;
      first = t + 1u;
    }
  }
  return found;
}
