// rows: how the tokens of a batch lie in the rows of an activation buffer.
// The responses of one group share the rows of their prompt, so a prompt is computed once, not once per member:
//   rows 0 … prompt·prompt_position − 1      (prompt b, position j)   at b·prompt_position + j
//   then                                      (sequence s, position i) at … + s·(position − 1) + i
// The last response symbol is never an input, hence position − 1. Row (s, i) predicts symbol i + 1 of response s; the
// last row of a prompt predicts symbol 0 of every response of its group. A row sees its own prompt and what precedes it.

override prompt: u32;          // prompts in the batch
override member: u32;          // responses per prompt
override prompt_position: u32; // symbols per prompt
override position: u32;        // symbols per response, at most

struct RowPlace {
  prompt: u32,
  sequence: u32,     // meaningless in a prompt row
  is_response: bool,
  index: u32,        // position inside the prompt or the response
  num_keys: u32,     // rows this one attends to, itself included
}

fn place_of(r: u32) -> RowPlace {
  let prompt_rows = prompt * prompt_position;
  if (r < prompt_rows) {
    let j = r % prompt_position;
    return RowPlace(r / prompt_position, 0u, false, j, j + 1u);
  }
  // with a single response position there are no response rows, and this line is never reached
  let inputs = max(position, 2u) - 1u;
  let s = (r - prompt_rows) / inputs;
  let i = (r - prompt_rows) % inputs;
  return RowPlace(s / member, s, true, i, prompt_position + i + 1u);
}

// Row of the key that a query of prompt b, sequence s sees at context position j.
fn key_row(b: u32, s: u32, j: u32) -> u32 {
  if (j < prompt_position) {
    return b * prompt_position + j;
  }
  return prompt * prompt_position + s * (position - 1u) + j - prompt_position;
}

// Row of the logits that predict symbol t of sequence s: first one per prompt (t = 0), then one per response input.
fn logit_row_of(s: u32, t: u32) -> u32 {
  if (t == 0u) {
    return s / member;
  }
  return prompt + s * (position - 1u) + t - 1u;
}
