// entropy_change_metrics: what the updates of a step did to the entropy, means over the policy's own tokens:
//   entropy_change            H(π′) − H(π) at the state of each token
//   entropy_change_predicted  −Cov_{a ~ π}(log π(a), Δz_a) there
// Paper   arXiv 2505.22617 (entropy change of a softmax policy)
// Shapes  row_stat [logit_row, 4]   token_mask [sequence, mask_word]   metrics [metric]
// Launch  one workgroup per replica
// Uses    reduce, mask, rows
// Twin    entropy_change_metrics.ref.ts

override sequence: u32;
override logit_row: u32;
override mask_word: u32;
override metric: u32;

struct At {
  column: u32, // the first of two
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> row_stat: array<vec4f>; // [replica, logit_row, 4] entropy before, entropy after, covariance of log π and Δz, 0
@group(0) @binding(2) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(3) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn entropy_change_metrics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  var sums = vec4f(); // change, prediction, tokens
  for (var s = local.x; s < sequence; s += row_threads) {
    for (var t = 0u; t < position; t++) {
      if (mask_bit(token_mask[(replica * sequence + s) * mask_word + t / 32u], t)) {
        let stat = row_stat[replica * logit_row + logit_row_of(s, t)];
        sums += vec4f(stat.y - stat.x, -stat.z, 1.0, 0.0);
      }
    }
  }
  sums = row_sum4(sums, local.x);
  if (local.x == 0u) {
    metrics[replica * metric + at.column] = sums.x / max(sums.z, 1.0);
    metrics[replica * metric + at.column + 1u] = sums.y / max(sums.z, 1.0);
  }
}
