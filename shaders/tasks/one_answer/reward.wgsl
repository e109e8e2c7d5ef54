// one_answer: an easy prompt gives 1 for symbols whose sum is the prompt's number, modulo the vocabulary; a hard prompt
// gives 1 for one response of all, a fixed scramble of the prompt's number.
// Uses    one_answer
// Twin    src/tasks/one_answer.ts

fn reward(length: u32) -> f32 {
  let number = one_answer_prompt();
  var is_right = length == position;
  var sum = 0u;
  for (var t = 0u; t < length; t++) {
    sum += response_symbol(t);
    is_right = is_right && (number < num_easy || response_symbol(t) == one_answer_symbol(number, t));
  }
  is_right = is_right && (number >= num_easy || sum % modulus == number % modulus);
  return select(0.0, 1.0, is_right);
}
