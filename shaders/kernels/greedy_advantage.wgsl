// greedy_advantage: A = R − R of the greedy response to the same prompt.
// Paper   arXiv 2310.10505 Eq. 6
// Shapes  rewards, advantage [sequence]   greedy_rewards [prompt]
// Launch  one invocation per sequence
// Uses    launch
// Twin    greedy_advantage.ref.ts

override member: u32;

@group(0) @binding(0) var<storage, read> rewards: array<f32>; // [replica, sequence]
@group(0) @binding(1) var<storage, read> greedy_rewards: array<f32>; // [replica, prompt]
@group(0) @binding(2) var<storage, read_write> advantage: array<f32>; // out [replica, sequence]

@compute @workgroup_size(threads)
fn greedy_advantage(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i < arrayLength(&advantage)) {
    advantage[i] = rewards[i] - greedy_rewards[i / member];
  }
}
