// self_search: (1 − format_weight) for the right entity in the last answer block, and format_weight times the format score.
// The score is 0 for a response that is not a row of closed blocks, each with something inside, from a thought to an answer,
// every search followed by its information; else min(thoughts / 2, 1), times the smaller of (thoughts, searches + 1) over
// the larger.
// Paper   arXiv 2508.10874 with the graded score of its public code
// Uses    self_search
// Twin    src/tasks/self_search.ts

override open_think: u32;
override close_think: u32;
override open_search: u32;
override close_search: u32;
override open_information: u32;
override close_information: u32;
override unknown_tag: u32; // a tag that is none of the eight
override placeholder: u32; // text copied from the instruction, such as 'your answer'

const self_search_think = 0u;
const self_search_search = 1u;
const self_search_information = 2u;
const self_search_none = 4u;
const self_search_most_thoughts = 8u;

// Twice the kind of block that a tag belongs to, plus 1 for the closing one; 8 for what is no tag.
fn self_search_tag(symbol: u32) -> u32 {
  let tags = array<u32, 8>(
    open_think, close_think, open_search, close_search,
    open_information, close_information, open_answer, close_answer,
  );
  var tag = 0u;
  while (tag < 8u && symbol != tags[tag]) {
    tag++;
  }
  return tag;
}

fn self_search_format(length: u32) -> f32 {
  if (length == 0u || response_symbol(0u) != open_think || response_symbol(length - 1u) != close_answer) {
    return 0.0;
  }
  var block = self_search_none;  // kind of the block that is open
  var before = self_search_none; // kind of the block that was closed last
  var inside = 0u;               // symbols in the open block
  var count: array<u32, 4>;      // closed blocks by kind
  for (var t = 0u; t < length; t++) {
    let symbol = response_symbol(t);
    if (symbol == unknown_tag || symbol == placeholder) {
      return 0.0;
    }
    let tag = self_search_tag(symbol);
    let kind = tag / 2u;
    if (kind == self_search_none) {
      inside++;
    } else if (tag % 2u == 0u) {
      // information stands behind every search and nowhere else
      let is_due = before == self_search_search;
      if (block != self_search_none || is_due != (kind == self_search_information)) {
        return 0.0;
      }
      block = kind;
      inside = 0u;
    } else {
      if (block != kind || inside == 0u) {
        return 0.0;
      }
      count[kind]++;
      before = kind;
      block = self_search_none;
    }
  }
  let num_think = count[self_search_think];
  if (num_think > self_search_most_thoughts) {
    return 0.0;
  }
  let num_turns = count[self_search_search] + 1u;
  let balance = f32(min(num_think, num_turns)) / f32(max(num_think, num_turns));
  return min(f32(num_think) / 2.0, 1.0) * balance;
}

fn reward(length: u32) -> f32 {
  let right = self_search_next(self_search_next(prompt_symbol(0u)));
  let exact_match = select(0.0, 1.0, self_search_answer(length) == right);
  return (1.0 - hyper.format_weight) * exact_match + hyper.format_weight * self_search_format(length);
}
