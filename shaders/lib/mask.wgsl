// mask: token masks are bits, 32 positions to a word: bit t % 32 of word t / 32 is 1 on the policy's own tokens.

fn mask_bit(word: u32, t: u32) -> bool {
  return ((word >> (t % 32u)) & 1u) == 1u;
}
