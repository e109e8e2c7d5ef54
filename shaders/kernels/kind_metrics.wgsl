// kind_metrics: of each of up to four kinds of responses, its share of the samples and the share solved among them.
// Shapes  rewards, kinds [sequence]   metrics [metric]
// Launch  one workgroup per replica
// Uses    reduce
// Twin    kind_metrics.ref.ts

override sequence: u32;
override metric: u32;

struct At {
  column: u32, // the first of eight: shares, then accuracies
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(2) var<storage, read> rewards: array<f32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read> kinds: array<u32>; // [replica, sequence]
@group(0) @binding(4) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn kind_metrics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  var shown = vec4f();
  var solved = vec4f();
  for (var s = local.x; s < sequence; s += row_threads) {
    let kind = min(kinds[replica * sequence + s], 3u);
    shown[kind] += 1.0;
    solved[kind] += f32(rewards[replica * sequence + s] >= hypers[replica].solved_reward);
  }
  shown = row_sum4(shown, local.x);
  solved = row_sum4(solved, local.x);
  if (local.x == 0u) {
    for (var k = 0u; k < 4u; k++) {
      metrics[replica * metric + at.column + k] = shown[k] / f32(sequence);
      metrics[replica * metric + at.column + 4u + k] = solved[k] / max(shown[k], 1.0);
    }
  }
}
