// lag_params: the weights that draw a rollout, `staleness` steps old, and a place for the present ones.
// The history is a ring by step; before it is full the oldest weights there are serve, so the lag grows from 0.
// Paper   arXiv 2505.24298 (bounded staleness), the fixed lag
// Shapes  params, sampler_params [param]   params_history [staleness, param]
// Launch  one invocation per four weights
// Uses    launch
// Twin    lag_params.ref.ts

override param: u32; // a multiple of 4
override staleness: u32;

@group(0) @binding(0) var<storage, read> clock: array<vec2u>; // [replica, 2] seed, step
@group(0) @binding(1) var<storage, read> params: array<vec4f>; // [replica, param]
@group(0) @binding(2) var<storage, read_write> params_history: array<vec4f>; // inout [replica, staleness, param]
@group(0) @binding(3) var<storage, read_write> sampler_params: array<vec4f>; // out [replica, param]

@compute @workgroup_size(threads)
fn lag_params(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&params)) {
    return;
  }
  let fours = param / 4u;
  let step = clock[i / fours].y;
  let first = i / fours * staleness * fours + i % fours;
  if (step == 0u) {
    for (var k = 0u; k < staleness; k++) {
      params_history[first + k * fours] = params[i];
    }
  }
  let place = first + step % staleness * fours;
  sampler_params[i] = params_history[place];
  params_history[place] = params[i];
}
