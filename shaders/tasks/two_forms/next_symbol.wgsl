// two_forms: the response ends with its first number symbol, or when there is no more room.
// Uses    two_forms
// Twin    src/tasks/two_forms.ts

fn next_symbol(t: u32) -> Next {
  let is_over = t > 0u && response_symbol(t - 1u) < num_answers;
  return Next(select(next_sample, next_stop, is_over), 0u);
}
