// guess_number: 1 − (turns taken − fewest possible) / turns allowed; 0 if the host never said 'correct'.
// Halving finds one of n numbers in ⌊log₂ n⌋ + 1 turns in the worst case, which is the case that the host chooses.
// Twin    src/tasks/guess_number.ts

override numbers: u32;
override turns: u32;

fn reward(length: u32) -> f32 {
  let fewest = 32u - countLeadingZeros(prompt_symbol(1u) - prompt_symbol(0u) + 1u);
  for (var turn = 1u; 2u * turn <= length; turn++) {
    if (response_symbol(2u * turn - 1u) == numbers + 2u) {
      return 1.0 - (f32(turn) - f32(fewest)) / f32(turns);
    }
  }
  return 0.0;
}
