// sum_to_target: 1 if the sum of all symbols equals the prompt's number, modulo the vocabulary.
// The prompt is its number in base `modulus`, so the number modulo the base is its last digit.
// Twin    src/tasks/sum_to_target.ts

override modulus: u32;

fn reward(length: u32) -> f32 {
  var sum = 0u;
  for (var t = 0u; t < length; t++) {
    sum += response_symbol(t);
  }
  let is_right = length == position && sum % modulus == prompt_symbol(prompt_position - 1u);
  return select(0.0, 1.0, is_right);
}
