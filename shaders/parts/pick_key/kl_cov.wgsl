// kl_cov: the larger the covariance, the larger the key: the bits of a float in an order that whole numbers share.
// Paper   arXiv 2505.22617 (KL-Cov)
fn pick_key(covariance: f32, is_stable: bool, bits: u32) -> u32 {
  let image = bitcast<u32>(select(covariance, 0.0, covariance == 0.0));
  return max(select(image | 0x80000000u, ~image, (image >> 31u) == 1u), 1u);
}
