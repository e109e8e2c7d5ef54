// answer_formats: the answer is the number that the response gives, whatever its format; none where it breaks the format.
// Uses    answer_formats
// Twin    src/tasks/answer_formats.ts

fn answer(length: u32) -> u32 {
  return answer_formats_number(length);
}
