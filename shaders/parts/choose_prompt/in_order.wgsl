// in_order: group b asks prompt first_prompt + b; for evaluation, and where the host fills the table itself.
override first_prompt: u32;

fn choose_prompt(b: u32, seed: u32, step: u32) -> u32 {
  return first_prompt + b;
}
