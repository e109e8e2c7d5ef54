// tick: the clock of every replica moves one step on. The step is on the device, so that a step needs nothing from the host.
// Shapes  clock [2]: seed, step
// Launch  one invocation per replica
// Uses    launch
// Twin    tick.ref.ts

@group(0) @binding(0) var<storage, read_write> clock: array<vec2u>; // inout [replica, 2] seed, step

@compute @workgroup_size(threads)
fn tick(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i < arrayLength(&clock)) {
    clock[i].y = clock[i].y + 1u;
  }
}
