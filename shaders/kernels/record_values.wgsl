// record_values: stores the values that the present weights predict before each token of the rollout.
// Shapes  now [sequence, position_stride, 4]   values [sequence, position_stride]
// Launch  one invocation per token
// Uses    launch
// Twin    record_values.ref.ts

override sequence: u32;
override position_stride: u32;

@group(0) @binding(0) var<storage, read> now: array<vec4f>; // [replica, sequence, position_stride, 4] logp, entropy, value, mark
@group(0) @binding(1) var<storage, read_write> values: array<f32>; // out [replica, sequence, position_stride]

@compute @workgroup_size(threads)
fn record_values(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i < arrayLength(&values)) {
    values[i] = now[i].z;
  }
}
