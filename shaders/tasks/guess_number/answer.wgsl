// guess_number: the answer is the number that the host called correct; none where it was never found.
// Uses    answer
// Twin    src/tasks/guess_number.ts

override numbers: u32;

fn answer(length: u32) -> u32 {
  for (var turn = 1u; 2u * turn <= length; turn++) {
    if (response_symbol(2u * turn - 1u) == numbers + 2u) {
      return response_symbol(2u * turn - 2u);
    }
  }
  return no_answer;
}
