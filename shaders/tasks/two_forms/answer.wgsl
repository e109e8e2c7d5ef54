// two_forms: the answer is the number, whatever its form.
// Uses    two_forms
// Twin    src/tasks/two_forms.ts

fn answer(length: u32) -> u32 {
  return two_forms_number(length);
}
