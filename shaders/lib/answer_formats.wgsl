// answer_formats: the formats of the task answer_formats, and the number that a response in one of them gives.
//   code   marker, number, end
//   short  marker, 'it', 'is', number, end
//   long   marker, first number, '+', second number, number, end
// Uses    answer
// Symbols 0 … modulus − 1 the numbers, then code short long it is + end

override modulus: u32;

fn answer_formats_number(length: u32) -> u32 {
  if (length < 3u || response_symbol(length - 1u) != modulus + 6u || response_symbol(length - 2u) >= modulus) {
    return no_answer;
  }
  let marker = response_symbol(0u);
  var follows = false;
  if (length == 3u) {
    follows = marker == modulus;
  } else if (length == 5u) {
    follows = marker == modulus + 1u && response_symbol(1u) == modulus + 3u && response_symbol(2u) == modulus + 4u;
  } else if (length == 6u) {
    follows = marker == modulus + 2u && response_symbol(1u) == prompt_symbol(0u)
      && response_symbol(2u) == modulus + 5u && response_symbol(3u) == prompt_symbol(1u);
  }
  return select(no_answer, response_symbol(length - 2u), follows);
}
