// answer_formats: the format by the first symbol: 0 code, 1 short, 2 long, 3 none of them.
// Uses    answer_formats
// Twin    src/tasks/answer_formats.ts

fn response_kind(length: u32) -> u32 {
  if (length == 0u || response_symbol(0u) < modulus) {
    return 3u;
  }
  return min(response_symbol(0u) - modulus, 3u);
}
