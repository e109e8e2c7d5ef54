// evaluate_metrics: share of evaluation prompts whose response earned at least the solved reward, and the mean reward.
// Shapes  rewards [sequence]   metrics [metric]
// Launch  one workgroup per replica
// Uses    reduce
// Twin    evaluate_metrics.ref.ts

override sequence: u32;
override metric: u32;

struct At {
  column: u32, // the first of two
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(2) var<storage, read> rewards: array<f32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn evaluate_metrics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  var sums = vec4f();
  for (var s = local.x; s < sequence; s += row_threads) {
    let reward = rewards[replica * sequence + s];
    sums += vec4f(f32(reward >= hypers[replica].solved_reward), reward, 0.0, 0.0);
  }
  sums = row_sum4(sums, local.x) / f32(sequence);
  if (local.x == 0u) {
    metrics[replica * metric + at.column] = sums.x;
    metrics[replica * metric + at.column + 1u] = sums.y;
  }
}
