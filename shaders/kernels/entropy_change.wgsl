// entropy_change: of every row of logits, the policy's entropy before and after an update, and what the covariance of the
// update with the log-probabilities says about the difference:
//   H(π′) − H(π) ≈ −Cov_{a ~ π}(log π(a), Δz_a), to first order in Δz, logits divided by the temperature
// Paper   arXiv 2505.22617 (entropy change of a softmax policy)
// Shapes  logits, logits_after [logit_row, logit_column]   row_stat [logit_row, 4]
// Launch  one invocation per row
// Uses    launch
// Twin    entropy_change.ref.ts

override logit_row: u32;
override vocab: u32;
override logit_column: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> logits: array<f32>; // [replica, logit_row, logit_column]
@group(0) @binding(2) var<storage, read> logits_after: array<f32>; // [replica, logit_row, logit_column]
@group(0) @binding(3) var<storage, read_write> row_stat: array<vec4f>; // out [replica, logit_row, 4] entropy before, entropy after, covariance of log π and Δz, 0

@compute @workgroup_size(threads)
fn entropy_change(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&row_stat)) {
    return;
  }
  let base = i * logit_column;
  let scale = 1.0 / hypers[i / logit_row].temperature;
  var top = vec2f(logits[base], logits_after[base]);
  for (var v = 1u; v < vocab; v++) {
    top = max(top, vec2f(logits[base + v], logits_after[base + v]));
  }
  var sum = vec2f();
  var weighted = vec2f(); // Σ e^z z, with z measured from the top
  var moved = 0.0;        // Σ e^z Δz
  for (var v = 0u; v < vocab; v++) {
    let both = vec2f(logits[base + v], logits_after[base + v]);
    let z = (both - top) * scale;
    let e = exp(z);
    sum += e;
    weighted += e * z;
    moved += e.x * (both.y - both.x) * scale;
  }
  let mean = weighted / sum;
  let mean_moved = moved / sum.x;
  // log π and z differ by a constant of the row, which no covariance sees
  var covariance = 0.0;
  for (var v = 0u; v < vocab; v++) {
    let both = vec2f(logits[base + v], logits_after[base + v]);
    let z = (both.x - top.x) * scale;
    covariance += exp(z) * (z - mean.x) * ((both.y - both.x) * scale - mean_moved);
  }
  let entropy = log(sum) - mean;
  row_stat[i] = vec4f(entropy, covariance / sum.x, 0.0);
}
