// gradient_norm: the global gradient norm, the clipping factor min(1, max_grad_norm / (norm + 1e-6)), and the count of
// updates. A norm that is not finite, or a batch without a token,
// gives the factor 0 and no update, and is counted.
// Shapes  square_sum [param_chunk]   optimiser [4]: norm, factor, updates done, updates skipped
// Launch  one workgroup per replica
// Uses    reduce, numeric
// Twin    gradient_norm.ref.ts

override param_chunk: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> square_sum: array<f32>; // [replica, param_chunk]
@group(0) @binding(2) var<storage, read> batch_count: array<vec4f>; // [replica, 4] tokens, sequences, demonstration tokens, mean sampler weight
@group(0) @binding(3) var<storage, read_write> optimiser: array<vec4f>; // inout [replica, 4]

@compute @workgroup_size(64)
fn gradient_norm(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  hyper = hypers[replica];
  var sum = 0.0;
  for (var i = local.x; i < param_chunk; i += row_threads) {
    sum += square_sum[replica * param_chunk + i];
  }
  let norm = sqrt(row_sum(sum, local.x));
  if (local.x == 0u) {
    let before = optimiser[replica];
    if (is_finite(norm) && batch_count[replica].x > 0.0) {
      optimiser[replica] = vec4f(norm, min(1.0, hyper.max_grad_norm / (norm + 1e-6)), before.z + 1.0, before.w);
    } else {
      optimiser[replica] = vec4f(norm, 0.0, before.z, before.w + 1.0);
    }
  }
}
