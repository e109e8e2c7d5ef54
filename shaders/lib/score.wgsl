// score: what a response counts in the statistics of its group: its reward, or 0 where it has no token of its own that
// could carry one, as in verl. For kernels with rewards, token_mask and mask_word.

fn score_of(i: u32) -> f32 {
  var bits = 0u;
  for (var w = 0u; w < mask_word; w++) {
    bits = bits | token_mask[i * mask_word + w];
  }
  return select(rewards[i], 0.0, bits == 0u);
}
