// constant_advantage: A = 1 on every response: pure likelihood, as in supervised fine-tuning.
// Shapes  advantage [sequence]
// Launch  one invocation per sequence
// Uses    launch
// Twin    constant_advantage.ref.ts

override sequence: u32;

@group(0) @binding(0) var<storage, read_write> advantage: array<f32>; // out [replica, sequence]

@compute @workgroup_size(threads)
fn constant_advantage(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i < arrayLength(&advantage)) {
    advantage[i] = 1.0;
  }
}
