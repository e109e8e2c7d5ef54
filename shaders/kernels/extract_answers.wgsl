// extract_answers: the key of what every response answers; equal keys are the same answer for a vote.
// Shapes  tokens [sequence, context]   length [sequence]   answers [sequence]
// Launch  one invocation per sequence
// Slots   answer
// Uses    launch, rows, history, answer
// Twin    extract_answers.ref.ts

override sequence: u32;
override context: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> tokens: array<u32>; // [replica, sequence, context]
@group(0) @binding(2) var<storage, read> length: array<u32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read_write> answers: array<u32>; // out [replica, sequence]

@compute @workgroup_size(threads)
fn extract_answers(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&answers)) {
    return;
  }
  hyper = hypers[i / sequence];
  history_base = i * context;
  answers[i] = answer(length[i]);
}
