// record_logp: stores log-probabilities beside the rollout: component 1 of `recorded` is old_logp, 2 is ref_logp.
// Shapes  now [sequence, position_stride, 4]   recorded [sequence, position_stride, 4]
// Launch  one invocation per token
// Uses    launch
// Twin    record_logp.ref.ts

override sequence: u32;
override position_stride: u32;

struct At {
  component: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> now: array<vec4f>; // [replica, sequence, position_stride, 4]
@group(0) @binding(2) var<storage, read_write> recorded: array<vec4f>; // inout [replica, sequence, position_stride, 4]

@compute @workgroup_size(threads)
fn record_logp(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i < arrayLength(&recorded)) {
    recorded[i][at.component] = now[i].x;
  }
}
