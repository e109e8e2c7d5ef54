// table: which entry of the tabular policy predicts a symbol.
// Uses    rows

// (sequence, position) whose symbol a row of logits predicts; for a shared first row, the group's first member.
fn predicted_by(r: u32) -> vec2u {
  if (r < prompt) {
    return vec2u(r * member, 0u);
  }
  let inputs = max(position, 2u) - 1u;
  return vec2u((r - prompt) / inputs, (r - prompt) % inputs + 1u);
}

fn table_entry(index: u32, t: u32, previous: u32, symbols: u32) -> u32 {
  return (index * position + t) * symbols + previous;
}
