// token_reward: puts the reward on the last token of a response, less a KL charge on every token:
//   r_t = [t last] R − kl_reward_coef (old_logp_t − ref_logp_t)
// A demonstration is no sample of the policy whose divergence the charge estimates, and is charged nothing.
// Paper   arXiv 2203.02155 Eq. 2 (KL in the reward, k1 form)
// Shapes  rewards [sequence]   recorded [sequence, position_stride, 4]   token_rewards [sequence, position_stride]
// Launch  one invocation per sequence
// Uses    launch, mask, author
// Twin    token_reward.ref.ts

override sequence: u32;
override position_stride: u32;
override mask_word: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> rewards: array<f32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(3) var<storage, read> recorded: array<vec4f>; // [replica, sequence, position_stride, 4]
@group(0) @binding(4) var<storage, read_write> token_rewards: array<f32>; // out [replica, sequence, position_stride]

@compute @workgroup_size(threads)
fn token_reward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&rewards)) {
    return;
  }
  hyper = hypers[i / sequence];
  let is_demonstration = recorded[i * position_stride].w == author_demonstration;
  let charge = select(hyper.kl_reward_coef, 0.0, is_demonstration);
  var left = rewards[i]; // until it is placed on the last token
  for (var k = 0u; k < position_stride; k++) {
    let t = position_stride - 1u - k;
    var reward = 0.0;
    if (t / 32u < mask_word && mask_bit(token_mask[i * mask_word + min(t / 32u, mask_word - 1u)], t)) {
      let now = recorded[i * position_stride + t];
      reward = left - charge * (now.y - now.z);
      left = 0.0;
    }
    token_rewards[i * position_stride + t] = reward;
  }
}
