// arithmetic: the answer is the number before the end symbol, with a scratchpad the one behind the last '='. None without
// an end, without digits, with anything else among them, with a leading zero, or with more digits than a sum can have.
// Uses    answer
// Twin    src/tasks/arithmetic.ts

override digits: u32;
override scratchpad: u32;
override end_symbol: u32;

const arithmetic_equals = 11u;

fn answer(length: u32) -> u32 {
  var start = 0u;
  var end = 0u;
  while (end < length && response_symbol(end) != end_symbol) {
    if (scratchpad == 1u && response_symbol(end) == arithmetic_equals) {
      start = end + 1u;
    }
    end++;
  }
  let width = end - start;
  if (end == length || width == 0u || width > digits + 1u || (width > 1u && response_symbol(start) == 0u)) {
    return no_answer;
  }
  var number = 0u;
  for (var t = start; t < end; t++) {
    if (response_symbol(t) > 9u) {
      return no_answer;
    }
    number = number * 10u + response_symbol(t);
  }
  return number;
}
