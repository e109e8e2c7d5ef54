// numeric: guards that both sides share. WGSL may assume that no NaN exists, so finiteness is read from the bits.

// exp(20) is about 4.9e8: still finite when squared in f32
const log_ratio_limit = 20.0;
// the k3 estimator is cut here, as in verl
const kl_k3_limit = 10.0;

fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

// exp(x) − 1 − x, the k3 estimator; near 0 by its series, where the difference would keep none of its digits.
fn exp_less_line(x: f32) -> f32 {
  let series = x * x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x / 720.0))));
  return select(exp(x) - 1.0 - x, series, abs(x) < 0.25);
}
