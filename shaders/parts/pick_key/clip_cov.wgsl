// clip_cov: any token inside the window of covariances that the ratio has not clipped; which of them, chance decides.
// Paper   arXiv 2505.22617 (Clip-Cov)
//         ω_low -> hyper.covariance_low   ω_high -> hyper.covariance_high
fn pick_key(covariance: f32, is_stable: bool, bits: u32) -> u32 {
  let is_inside = covariance > hyper.covariance_low && covariance < hyper.covariance_high;
  return select(0u, bits | 1u, is_stable && is_inside);
}
