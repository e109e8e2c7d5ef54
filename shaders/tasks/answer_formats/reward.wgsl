// answer_formats: 1 if the response keeps to the format of its marker and gives the sum of the prompt's two numbers, modulo
// the setting.
// Uses    answer_formats
// Twin    src/tasks/answer_formats.ts

fn reward(length: u32) -> f32 {
  let sum = (prompt_symbol(0u) + prompt_symbol(1u)) % modulus;
  return select(0.0, 1.0, answer_formats_number(length) == sum);
}
