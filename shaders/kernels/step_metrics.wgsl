// step_metrics: one row of numbers about the step just done, from the rollout and the last epoch's tokens.
// Shapes  rewards [sequence]   token_stat [sequence, position_stride, 8]   metrics [metric]
// Launch  one workgroup per replica
// Uses    reduce
// Twin    step_metrics.ref.ts

override prompt: u32;
override member: u32;
override sequence: u32;
override position_stride: u32;
override minibatch: u32; // updates per epoch: the loss is the mean of theirs
override metric: u32;
override mask_word: u32;

@group(0) @binding(0) var<storage, read> rewards: array<f32>; // [replica, sequence]
@group(0) @binding(1) var<storage, read> length: array<u32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(3) var<storage, read> token_stat: array<array<vec4f, 2>>; // [replica, sequence, position_stride, 8] coef, entropy, loss, k1; k3, clipped, clipped_lower, regulariser
@group(0) @binding(4) var<storage, read> optimiser: array<vec4f>; // [replica, 4] norm, factor, updates, skipped
@group(0) @binding(5) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn step_metrics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  let base = replica * sequence;
  var sums = vec4f(); // reward, length, own tokens, groups without spread
  var first = vec4f(); // k2, entropy, loss, k1
  var second = vec4f();
  for (var s = local.x; s < sequence; s += row_threads) {
    var own = 0u;
    for (var w = 0u; w < mask_word; w++) {
      own += countOneBits(token_mask[(base + s) * mask_word + w]);
    }
    var is_flat = false;
    if (s % member == 0u) {
      is_flat = true;
      for (var m = 1u; m < member; m++) {
        is_flat = is_flat && rewards[base + s + m] == rewards[base + s];
      }
    }
    sums += vec4f(rewards[base + s], f32(length[base + s]), f32(own), f32(is_flat));
    // masked tokens hold zeros; a response without own tokens is in no minibatch
    for (var t = 0u; t < select(0u, position_stride, own > 0u); t++) {
      let stat = token_stat[(base + s) * position_stride + t];
      first += vec4f(0.5 * stat[0].w * stat[0].w, stat[0].yzw);
      second += stat[1];
    }
  }
  sums = row_sum4(sums, local.x);
  first = row_sum4(first, local.x);
  second = row_sum4(second, local.x);
  let mean = sums.x / f32(sequence);
  var squares = 0.0;
  for (var s = local.x; s < sequence; s += row_threads) {
    squares += (rewards[base + s] - mean) * (rewards[base + s] - mean);
  }
  let variance = row_sum(squares, local.x) / f32(sequence);
  if (local.x == 0u) {
    let o = replica * metric;
    let tokens = max(sums.z, 1.0);
    metrics[o] = mean;
    metrics[o + 1u] = sqrt(variance);
    if (sums.z > 0.0) {
      metrics[o + 2u] = first.y / tokens; // entropy; where no token is left, the last one stays
    }
    metrics[o + 3u] = first.z / f32(minibatch); // loss
    metrics[o + 4u] = optimiser[replica].x; // gradient norm of the last update
    metrics[o + 5u] = first.w / tokens; // approx_kl, k1
    metrics[o + 6u] = second.x / tokens; // approx_kl, k3
    metrics[o + 7u] = first.x / tokens; // approx_kl, k2
    metrics[o + 8u] = second.y / tokens; // clip_frac
    metrics[o + 9u] = second.z / tokens; // clip_frac_lower
    metrics[o + 10u] = second.w / tokens; // regulariser
    metrics[o + 11u] = sums.y / f32(sequence); // response length
    metrics[o + 12u] = sums.w / f32(prompt); // groups with equal rewards
    metrics[o + 13u] = optimiser[replica].w; // skipped updates so far
  }
}
