// two_forms: kind 2 if the exploit symbol stands anywhere, else 1 if the marker of the other form does, else 0.
// Uses    two_forms
// Twin    src/tasks/two_forms.ts

fn response_kind(length: u32) -> u32 {
  var has_exploit = false;
  var has_marker = false;
  for (var t = 0u; t < length; t++) {
    has_exploit = has_exploit || response_symbol(t) == num_answers;
    has_marker = has_marker || response_symbol(t) == num_answers + 1u;
  }
  return select(select(0u, 1u, has_marker), 2u, has_exploit);
}
