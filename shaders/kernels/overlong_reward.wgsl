// overlong_reward: R + min(0, −(n − (L_max − L_c)) / L_c · f): a response that runs into the last L_c positions loses
// reward, more the longer it is. With hyper.reward_is_signed, what the verifier gives 0 counts −1.
// Paper   arXiv 2503.14476 Eq. 13
//         L_c -> hyper.overlong_buffer   f -> hyper.overlong_factor   L_max -> position   n -> length
// Shapes  true_rewards, length, rewards [sequence]
// Launch  one invocation per sequence
// Uses    launch
// Twin    overlong_reward.ref.ts

override sequence: u32;
override position: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> true_rewards: array<f32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read> length: array<u32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read_write> rewards: array<f32>; // out [replica, sequence]

@compute @workgroup_size(threads)
fn overlong_reward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&rewards)) {
    return;
  }
  hyper = hypers[i / sequence];
  let over = f32(length[i]) - (f32(position) - hyper.overlong_buffer);
  let penalty = min(0.0, -over / hyper.overlong_buffer * hyper.overlong_factor);
  let reward = true_rewards[i];
  rewards[i] = select(reward, 2.0 * reward - 1.0, hyper.reward_is_signed == 1.0) + penalty;
}
