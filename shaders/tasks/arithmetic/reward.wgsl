// arithmetic: 1 if the response is the exact sum of the prompt's two numbers, without leading zeros, then the end symbol.
// With a scratchpad the answer is what stands after the last '='.
// Twin    src/tasks/arithmetic.ts

override digits: u32;
override scratchpad: u32;
override end_symbol: u32;

const arithmetic_equals = 11u;

fn reward(length: u32) -> f32 {
  var a = 0u;
  var b = 0u;
  for (var j = 0u; j < digits; j++) {
    a = a * 10u + prompt_symbol(j);
    b = b * 10u + prompt_symbol(digits + 1u + j);
  }
  var start = 0u;
  var place = 0u;
  while (place < length && response_symbol(place) != end_symbol) {
    if (scratchpad == 1u && response_symbol(place) == arithmetic_equals) {
      start = place + 1u;
    }
    place++;
  }
  if (place == length) {
    return 0.0;
  }
  // digit by digit from the last; the sum has at most digits + 1 of them
  var sum = a + b;
  for (var k = 0u; k <= digits; k++) {
    if (place == start || response_symbol(place - 1u) != sum % 10u) {
      return 0.0;
    }
    place--;
    sum /= 10u;
    if (sum == 0u) {
      break;
    }
  }
  return select(0.0, 1.0, place == start);
}
