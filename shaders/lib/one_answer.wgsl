// one_answer: which prompts of the task one_answer are hard, and the only correct response to a hard one.
// Uses    random

override modulus: u32;
override num_easy: u32; // prompts with a lower number are easy

fn one_answer_prompt() -> u32 {
  var number = 0u;
  for (var j = 0u; j < prompt_position; j++) {
    number = number * modulus + prompt_symbol(j);
  }
  return number;
}

fn one_answer_symbol(number: u32, t: u32) -> u32 {
  return mix_bits(mix_bits(number + 1u) + t) % modulus;
}
