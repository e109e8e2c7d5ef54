// mean_metric: the mean over the responses of a rollout of one number each.
// Shapes  measured [sequence]   metrics [metric]
// Launch  one workgroup per replica
// Uses    reduce
// Twin    mean_metric.ref.ts

override sequence: u32;
override metric: u32;

struct At {
  column: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> measured: array<f32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn mean_metric(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  var sum = 0.0;
  for (var s = local.x; s < sequence; s += row_threads) {
    sum += measured[workgroup.x * sequence + s];
  }
  sum = row_sum(sum, local.x);
  if (local.x == 0u) {
    metrics[workgroup.x * metric + at.column] = sum / f32(sequence);
  }
}
