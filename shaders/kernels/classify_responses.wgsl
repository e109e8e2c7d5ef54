// classify_responses: which of the task's named kinds every response is of.
// Shapes  tokens [sequence, context]   length [sequence]   kinds [sequence]
// Launch  one invocation per sequence
// Slots   response_kind
// Uses    launch, rows, history
// Twin    classify_responses.ref.ts

override sequence: u32;
override context: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> tokens: array<u32>; // [replica, sequence, context]
@group(0) @binding(2) var<storage, read> length: array<u32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read_write> kinds: array<u32>; // out [replica, sequence]

@compute @workgroup_size(threads)
fn classify_responses(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&kinds)) {
    return;
  }
  hyper = hypers[i / sequence];
  history_base = i * context;
  kinds[i] = response_kind(length[i]);
}
