// judge_responses: the verdict on every response: 1 where the task's verifier calls it solved, else 0, whatever a reward part
// made of its reward since. A reward that stands in for the verifier has verdicts of its own instead.
// Shapes  true_rewards, verdicts [sequence]
// Launch  one invocation per sequence
// Uses    launch
// Twin    judge_responses.ref.ts

override sequence: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> true_rewards: array<f32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read_write> verdicts: array<f32>; // out [replica, sequence]

@compute @workgroup_size(threads)
fn judge_responses(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i < arrayLength(&verdicts)) {
    verdicts[i] = f32(true_rewards[i] >= hypers[i / sequence].solved_reward);
  }
}
