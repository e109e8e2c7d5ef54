// history: what a task's slot functions may look at. A kernel sets `history_base` to its sequence before it calls a slot.
// Uses    rows
//
// A task fills two slots, and two more where the shared parts do not fit:
//   next_symbol(t) decides response position t from what precedes it: sample from the policy, force an observation
//     symbol (mask 0, no gradient), or stop;
//   reward(length) scores the finished response; `length` counts its symbols, forced ones and the end symbol included;
//   answer(length) is a key of what the response answers, `no_answer` of lib/answer.wgsl where nothing can be read;
//   response_kind(length) tells which of the task's named kinds the response is of.
// All are pure functions of the history and of `hyper`, so that any step can be replayed.

const next_sample = 0u;
const next_force = 1u;
const next_stop = 2u;

struct Next {
  kind: u32,
  symbol: u32, // the forced symbol
}

var<private> history_base: u32;

fn prompt_symbol(j: u32) -> u32 {
  return tokens[history_base + j];
}

fn response_symbol(i: u32) -> u32 {
  return tokens[history_base + prompt_position + i];
}
