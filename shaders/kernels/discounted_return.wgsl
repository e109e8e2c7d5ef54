// discounted_return: Q_t = r_t + γ Q_next, right to left over the policy's own tokens; 0 elsewhere.
// Shapes  token_rewards, returns [sequence, position_stride]
// Launch  one invocation per sequence
// Uses    launch, mask
// Twin    discounted_return.ref.ts

override sequence: u32;
override position: u32;
override position_stride: u32;
override mask_word: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> token_rewards: array<f32>; // [replica, sequence, position_stride]
@group(0) @binding(2) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(3) var<storage, read_write> returns: array<f32>; // out [replica, sequence, position_stride]

@compute @workgroup_size(threads)
fn discounted_return(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i * position_stride >= arrayLength(&returns)) {
    return;
  }
  let discount = hypers[i / sequence].discount;
  var next_return = 0.0;
  for (var k = 0u; k < position_stride; k++) {
    let t = position_stride - 1u - k;
    let o = i * position_stride + t;
    var mine = 0.0;
    if (t < position && mask_bit(token_mask[i * mask_word + min(t, position - 1u) / 32u], t)) {
      next_return = token_rewards[o] + discount * next_return;
      mine = next_return;
    }
    returns[o] = mine;
  }
}
