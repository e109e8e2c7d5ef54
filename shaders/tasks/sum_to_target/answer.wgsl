// sum_to_target: the answer is the sum of all symbols modulo the vocabulary; a response that is cut short has none.
// Uses    answer
// Twin    src/tasks/sum_to_target.ts

override modulus: u32;

fn answer(length: u32) -> u32 {
  if (length < position) {
    return no_answer;
  }
  var sum = 0u;
  for (var t = 0u; t < length; t++) {
    sum += response_symbol(t);
  }
  return sum % modulus;
}
