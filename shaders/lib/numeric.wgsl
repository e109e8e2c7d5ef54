// numeric: guards that both sides share. WGSL may assume that no NaN exists, so finiteness is read from the bits.

// exp(20) is about 4.9e8: still finite when squared in f32
const log_ratio_limit = 20.0;
// the k3 estimator is cut here, as in verl
const kl_k3_limit = 10.0;

fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}
