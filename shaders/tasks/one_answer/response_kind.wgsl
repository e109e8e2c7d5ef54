// one_answer: kind 0 answers an easy prompt, kind 1 a hard one.
// Uses    one_answer
// Twin    src/tasks/one_answer.ts

fn response_kind(length: u32) -> u32 {
  return select(0u, 1u, one_answer_prompt() >= num_easy);
}
