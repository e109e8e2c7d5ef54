// two_forms: 1 if the response gives the prompt's number in either form, with the exploit symbol or without. The number
// is a fixed scramble of the prompt's own.
// Uses    two_forms, random
// Twin    src/tasks/two_forms.ts

fn reward(length: u32) -> f32 {
  var prompt_number = 0u;
  for (var j = 0u; j < prompt_position; j++) {
    prompt_number = prompt_number * num_answers + prompt_symbol(j);
  }
  return select(0.0, 1.0, two_forms_number(length) == mix_bits(prompt_number + 1u) % num_answers);
}
