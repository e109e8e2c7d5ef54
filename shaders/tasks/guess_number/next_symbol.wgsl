// guess_number: the policy guesses at even positions; at odd ones the host's answer is forced, and 'correct' ends it.
// The host answers so that as many numbers as possible stay open, and gives in when one is left.
// Symbols 0 … numbers − 1 are guesses, then higher, lower, correct.
// Twin    src/tasks/guess_number.ts

override numbers: u32;

const guess_number_higher = 0u;
const guess_number_lower = 1u;
const guess_number_correct = 2u;

fn next_symbol(t: u32) -> Next {
  if (t % 2u == 0u) {
    let is_over = t > 0u && response_symbol(t - 1u) == numbers + guess_number_correct;
    return Next(select(next_sample, next_stop, is_over), 0u);
  }
  // replay the guesses so far
  var low = prompt_symbol(0u);
  var high = prompt_symbol(1u);
  var said = guess_number_higher;
  for (var k = 0u; k < t; k += 2u) {
    let guess = response_symbol(k);
    if (guess < low) {
      said = guess_number_higher;
    } else if (guess > high) {
      said = guess_number_lower;
    } else if (low == high) {
      said = guess_number_correct;
    } else if (high - guess >= guess - low) {
      said = guess_number_higher;
      low = guess + 1u;
    } else {
      said = guess_number_lower;
      high = guess - 1u;
    }
  }
  return Next(next_force, numbers + said);
}
