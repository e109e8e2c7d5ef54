// covariance_metrics: two numbers about the samples of a step, over the policy's own tokens of sampled responses:
//   covariance       mean of (A − mean A)(log π − mean log π) under the weights at the start of the update
//   sampled_entropy  −mean log π of what was drawn, which estimates the entropy
// Paper   arXiv 2505.22617 (covariance of advantage and log-probability)
// Shapes  advantage [sequence, advantage_stride]   recorded [sequence, position_stride, 4]   metrics [metric]
// Launch  one workgroup per replica
// Uses    reduce, mask, author
// Twin    covariance_metrics.ref.ts

override sequence: u32;
override position: u32;
override position_stride: u32;
override advantage_stride: u32;
override mask_word: u32;
override metric: u32;

struct At {
  column: u32, // the first of two
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> advantage: array<f32>; // [replica, sequence, advantage_stride]
@group(0) @binding(2) var<storage, read> recorded: array<vec4f>; // [replica, sequence, position_stride, 4] sampler_logp, old_logp, ref_logp, author
@group(0) @binding(3) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(4) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

fn advantage_of(s: u32, t: u32) -> f32 {
  return advantage[s * advantage_stride + select(0u, t, advantage_stride > 1u)];
}

@compute @workgroup_size(64)
fn covariance_metrics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let base = workgroup.x * sequence;
  var sums = vec4f(); // advantage, log-probability, tokens
  for (var s = base + local.x; s < base + sequence; s += row_threads) {
    for (var t = 0u; t < position; t++) {
      let token = recorded[s * position_stride + t];
      if (token.w == author_policy && mask_bit(token_mask[s * mask_word + t / 32u], t)) {
        sums += vec4f(advantage_of(s, t), token.y, 1.0, 0.0);
      }
    }
  }
  sums = row_sum4(sums, local.x);
  let tokens = max(sums.z, 1.0);
  let mean = sums / tokens;
  var products = 0.0;
  for (var s = base + local.x; s < base + sequence; s += row_threads) {
    for (var t = 0u; t < position; t++) {
      let token = recorded[s * position_stride + t];
      if (token.w == author_policy && mask_bit(token_mask[s * mask_word + t / 32u], t)) {
        products += (advantage_of(s, t) - mean.x) * (token.y - mean.y);
      }
    }
  }
  let covariance = row_sum(products, local.x) / tokens;
  if (local.x == 0u) {
    metrics[workgroup.x * metric + at.column] = covariance;
    if (sums.z > 0.0) {
      metrics[workgroup.x * metric + at.column + 1u] = -mean.y; // where no token is left, the last one stays
    }
  }
}
