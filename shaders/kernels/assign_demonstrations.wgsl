// assign_demonstrations: names the author of every response before it is written: the policy, or the task's solver.
// Shapes  recorded [sequence, position_stride, 4], the fourth number of a response's first position
// Launch  one invocation per sequence
// Slots   is_demonstration
// Uses    launch, author
// Twin    assign_demonstrations.ref.ts

override sequence: u32;
override member: u32;
override position_stride: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read_write> recorded: array<vec4f>; // inout [replica, sequence, position_stride, 4] sampler_logp, old_logp, ref_logp, author

@compute @workgroup_size(threads)
fn assign_demonstrations(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i * position_stride >= arrayLength(&recorded)) {
    return;
  }
  hyper = hypers[i / sequence];
  let is_solver = is_demonstration(i % sequence % member, member);
  recorded[i * position_stride].w = select(author_policy, author_demonstration, is_solver);
}
