// signed_reward: R ← 2 R − 1: what the verifier gives 0 counts −1.
// Paper   arXiv 2504.05185, Sec. 3 (terminal reward ±1)
// Shapes  true_rewards, rewards [sequence]
// Launch  one invocation per sequence
// Uses    launch
// Twin    signed_reward.ref.ts

@group(0) @binding(0) var<storage, read> true_rewards: array<f32>; // [replica, sequence]
@group(0) @binding(1) var<storage, read_write> rewards: array<f32>; // out [replica, sequence]

@compute @workgroup_size(threads)
fn signed_reward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i < arrayLength(&rewards)) {
    rewards[i] = 2.0 * true_rewards[i] - 1.0;
  }
}
