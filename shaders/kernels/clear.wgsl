// clear: zeros, where a gradient is collected from rows that do not all have one.
// Shapes  cleared [values]
// Launch  one invocation per four values
// Uses    launch
// Twin    clear.ref.ts

override values: u32; // of one replica

@group(0) @binding(0) var<storage, read_write> cleared: array<vec4f>; // out [replica, values]

@compute @workgroup_size(threads)
fn clear(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i < arrayLength(&cleared)) {
    cleared[i] = vec4f();
  }
}
