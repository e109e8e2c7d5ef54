// entropy_change: of every row of logits, the policy's entropy before and after an update, and what the covariance of the
// update with the log-probabilities says about the difference:
//   H(π′) − H(π) ≈ −Cov_{a ~ π}(log π(a), Δz_a), to first order in Δz
// Paper   arXiv 2505.22617 (entropy change of a softmax policy)
// Shapes  logits, logits_after [logit_row, logit_column]   row_stat [logit_row, 4]
// Launch  one invocation per row
// Uses    launch
// Twin    entropy_change.ref.ts

override vocab: u32;
override logit_column: u32;

@group(0) @binding(0) var<storage, read> logits: array<f32>; // [replica, logit_row, logit_column]
@group(0) @binding(1) var<storage, read> logits_after: array<f32>; // [replica, logit_row, logit_column]
@group(0) @binding(2) var<storage, read_write> row_stat: array<vec4f>; // out [replica, logit_row, 4] entropy before, entropy after, covariance of log π and Δz, 0

@compute @workgroup_size(threads)
fn entropy_change(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&row_stat)) {
    return;
  }
  let base = i * logit_column;
  var top = vec2f(logits[base], logits_after[base]);
  for (var v = 1u; v < vocab; v++) {
    top = max(top, vec2f(logits[base + v], logits_after[base + v]));
  }
  var sum = vec2f();
  var weighted = vec2f(); // Σ e^(z − top) (z − top)
  var moved = 0.0;        // Σ e^(z − top) Δz
  for (var v = 0u; v < vocab; v++) {
    let z = vec2f(logits[base + v], logits_after[base + v]) - top;
    let e = exp(z);
    sum += e;
    weighted += e * z;
    moved += e.x * (logits_after[base + v] - logits[base + v]);
  }
  let mean = weighted / sum;
  let mean_moved = moved / sum.x;
  // log π and z − top differ by a constant of the row, which no covariance sees
  var covariance = 0.0;
  for (var v = 0u; v < vocab; v++) {
    let z = logits[base + v] - top.x;
    covariance += exp(z) * (z - mean.x) * (logits_after[base + v] - logits[base + v] - mean_moved);
  }
  let entropy = log(sum) - mean;
  row_stat[i] = vec4f(entropy, covariance / sum.x, 0.0);
}
