// token_covariance: how much a token adds to the covariance of advantage and log-probability in its minibatch.
//   cov = (A − mean A)(log π − mean log π), the means over the minibatch's own tokens; 0 elsewhere
// Paper   arXiv 2505.22617 (covariance of a token)
// Shapes  now [sequence, position_stride, 4]   advantage [total_sequence, advantage_stride]
//         covariances [sequence, position_stride]   covariance_stat [4]: mean cov, mean A, mean log π, tokens
// Launch  one workgroup per replica
// Uses    reduce
// Twin    token_covariance.ref.ts

override sequence: u32;
override total_sequence: u32;
override position_stride: u32;
override advantage_stride: u32; // 1: one advantage per response; position_stride: one per token

@group(0) @binding(0) var<storage, read> now: array<vec4f>; // [replica, sequence, position_stride, 4] logp, entropy, value, mark
@group(0) @binding(1) var<storage, read> advantage: array<f32>; // [replica, total_sequence, advantage_stride]
@group(0) @binding(2) var<storage, read> sequence_stat: array<array<vec4f, 2>>; // [replica, sequence, 8] log-ratio sum, tokens, sequence in the rollout, …
@group(0) @binding(3) var<storage, read_write> covariances: array<f32>; // out [replica, sequence, position_stride]
@group(0) @binding(4) var<storage, read_write> covariance_stat: array<vec4f>; // out [replica, 4]

fn advantage_of(replica: u32, i: u32) -> f32 {
  let s = replica * total_sequence + u32(sequence_stat[i / position_stride][0].z);
  return advantage[s * advantage_stride + select(0u, i % position_stride, advantage_stride > 1u)];
}

@compute @workgroup_size(64)
fn token_covariance(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  let count = sequence * position_stride;
  let first = replica * count;
  var sums = vec4f(); // advantage, log-probability, tokens
  for (var i = first + local.x; i < first + count; i += row_threads) {
    if (now[i].w != 0.0) {
      sums += vec4f(advantage_of(replica, i), now[i].x, 1.0, 0.0);
    }
  }
  sums = row_sum4(sums, local.x);
  let tokens = max(sums.z, 1.0);
  let mean = sums / tokens;
  var products = 0.0;
  for (var i = first + local.x; i < first + count; i += row_threads) {
    var covariance = 0.0;
    if (now[i].w != 0.0) {
      covariance = (advantage_of(replica, i) - mean.x) * (now[i].x - mean.y);
    }
    covariances[i] = covariance;
    products += covariance;
  }
  let total = row_sum(products, local.x);
  if (local.x == 0u) {
    covariance_stat[replica] = vec4f(total / tokens, mean.x, mean.y, sums.z);
  }
}
