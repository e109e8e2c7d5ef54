// two_forms: the number that a response of the task two_forms gives: a number symbol, or the marker and the number counted
// from the other end; before either may stand the exploit symbol.
// Uses    answer
// Symbols 0 … num_answers − 1 the numbers, then the exploit symbol, the marker

override num_answers: u32;

fn two_forms_number(length: u32) -> u32 {
  var place = select(0u, 1u, length > 0u && response_symbol(0u) == num_answers);
  let is_other = place < length && response_symbol(place) == num_answers + 1u;
  place += select(0u, 1u, is_other);
  if (place + 1u != length || response_symbol(place) >= num_answers) {
    return no_answer;
  }
  let code = response_symbol(place);
  return select(code, num_answers - 1u - code, is_other);
}
