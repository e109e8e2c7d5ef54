// pick_tokens: marks the n = max(⌊share · own tokens⌋, 1) tokens with the largest keys, or all candidates where they are
// fewer; among equal keys the first. The n-th largest key, and how many of its equals are wanted, are found by bisection,
// bit by bit, so nothing is sorted.
// Paper   arXiv 2505.22617 (Clip-Cov, KL-Cov)
// Shapes  keys [sequence, position_stride]   now [sequence, position_stride, 4], its mark becomes 2
// Launch  one workgroup per replica
// Uses    reduce
// Twin    pick_tokens.ref.ts

override sequence: u32;
override position_stride: u32;
override metric: u32;

struct At {
  column: u32,
}

// a product that should be whole may round to just below it
const whole_slack = 1.000001;

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(2) var<storage, read> batch_count: array<vec4f>; // [replica, 4] tokens, sequences, demonstration tokens, mean sampler weight
@group(0) @binding(3) var<storage, read> keys: array<u32>; // [replica, sequence, position_stride]
@group(0) @binding(4) var<storage, read_write> now: array<vec4f>; // inout [replica, sequence, position_stride, 4] logp, entropy, value, mark
@group(0) @binding(5) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn pick_tokens(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  let count = sequence * position_stride;
  let first = replica * count;
  let tokens = batch_count[replica].x;
  var candidates = 0.0;
  for (var i = local.x; i < count; i += row_threads) {
    candidates += f32(keys[first + i] > 0u);
  }
  candidates = row_sum(candidates, local.x);
  let wanted = min(max(floor(hypers[replica].pick_share * tokens * whole_slack), 1.0), candidates);
  // the largest key that at least `wanted` tokens reach
  var key = 0u;
  for (var bit = 32u; bit > 0u; bit--) {
    let higher = key | (1u << (bit - 1u));
    var reaching = 0.0;
    for (var i = local.x; i < count; i += row_threads) {
      reaching += f32(keys[first + i] >= higher);
    }
    key = select(key, higher, row_sum(reaching, local.x) >= wanted);
  }
  var above = 0.0;
  for (var i = local.x; i < count; i += row_threads) {
    above += f32(keys[first + i] > key);
  }
  let rest = wanted - row_sum(above, local.x);
  // the largest index before which at most `rest` tokens have that very key
  var limit = 0u;
  for (var bit = 32u; bit > 0u; bit--) {
    let later = limit | (1u << (bit - 1u));
    var equal = 0.0;
    for (var i = local.x; i < count; i += row_threads) {
      equal += f32(keys[first + i] == key && i < later);
    }
    limit = select(limit, later, row_sum(equal, local.x) <= rest);
  }
  for (var i = local.x; i < count; i += row_threads) {
    let mine = keys[first + i];
    if (mine > 0u && (mine > key || (mine == key && i < limit))) {
      now[first + i].w = 2.0;
    }
  }
  if (local.x == 0u) {
    metrics[replica * metric + at.column] = wanted / max(tokens, 1.0);
  }
}
