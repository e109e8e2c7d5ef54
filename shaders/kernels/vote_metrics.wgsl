// vote_metrics: how the votes of a step went, means over the groups: share of labels that are right, share of the votes
// that the labels have, share of rewards that the verifier would have given too, and self-consistency.
// Paper   arXiv 2504.16084 (label and reward accuracy, majority ratio), arXiv 2508.12338 (self-consistency)
// Shapes  label_stat [prompt, 4]   metrics [metric]
// Launch  one workgroup per replica
// Uses    reduce
// Twin    vote_metrics.ref.ts

override prompt: u32;
override metric: u32;

struct At {
  column: u32, // the first of four
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> label_stat: array<vec4f>; // [replica, prompt, 4] label is right, share of the votes, share of rewards that are right, self-consistency
@group(0) @binding(2) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn vote_metrics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  var sum = vec4f();
  for (var g = local.x; g < prompt; g += row_threads) {
    sum += label_stat[workgroup.x * prompt + g];
  }
  sum = row_sum4(sum, local.x) / f32(prompt);
  if (local.x == 0u) {
    for (var k = 0u; k < 4u; k++) {
      metrics[workgroup.x * metric + at.column + k] = sum[k];
    }
  }
}
