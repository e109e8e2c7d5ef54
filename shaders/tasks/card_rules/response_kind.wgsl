// card_rules: kind 0 answers a prompt of the first rule, kind 1 one of the others.
// Twin    src/tasks/card_rules.ts

override numbers: u32;

fn response_kind(length: u32) -> u32 {
  return select(1u, 0u, prompt_symbol(0u) == numbers);
}
