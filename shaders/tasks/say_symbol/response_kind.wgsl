// say_symbol: kind 0 answers a prompt that can be solved, kind 1 one that cannot, because it names the end symbol.
// Twin    src/tasks/say_symbol.ts

override end_symbol: u32;

fn response_kind(length: u32) -> u32 {
  return select(0u, 1u, prompt_symbol(prompt_position - 1u) == end_symbol);
}
