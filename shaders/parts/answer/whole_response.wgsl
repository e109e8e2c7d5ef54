// whole_response: the answer is the response as it stands; its key is the FNV-1a hash of symbols and length.
// Uses    answer
fn answer(length: u32) -> u32 {
  var key = 2166136261u;
  for (var i = 0u; i < length; i++) {
    key = (key ^ response_symbol(i)) * 16777619u;
  }
  key = (key ^ length) * 16777619u;
  return min(key, no_answer - 1u);
}
