// gae: generalised advantage estimation, right to left; tokens that are not the policy's own are stepped over.
//   δ_t = r_t + γ V_next − V_t,   A_t = δ_t + γ λ A_next
// Paper   arXiv 1506.02438 Eq. 11 to 16
// Shapes  token_rewards, values, token_advantage [sequence, position_stride]
// Launch  one invocation per sequence, four positions at a time
// Uses    launch
// Twin    gae.ref.ts

override sequence: u32;
override position_stride: u32; // a multiple of 4
override mask_word: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> token_rewards: array<vec4f>; // [replica, sequence, position_stride]
@group(0) @binding(2) var<storage, read> values: array<vec4f>; // [replica, sequence, position_stride]
@group(0) @binding(3) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(4) var<storage, read_write> token_advantage: array<vec4f>; // out [replica, sequence, position_stride]

@compute @workgroup_size(threads)
fn gae(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let chunks = position_stride / 4u;
  if (i * chunks >= arrayLength(&token_advantage)) {
    return;
  }
  let replica = i / sequence;
  let discount = hypers[replica].discount;
  let decay = discount * hypers[replica].gae_lambda;
  var next_value = 0.0;
  var next_advantage = 0.0;
  var c = chunks;
  for (var w = mask_word; w > 0u; w--) {
    let bits = token_mask[i * mask_word + w - 1u];
    for (; c > (w - 1u) * 8u; c--) {
      let o = i * chunks + c - 1u;
      let four = bits >> ((c - 1u) % 8u * 4u);
      let r = token_rewards[o];
      let v = values[o];
      var a = vec4f();
      if ((four & 8u) != 0u) {
        a.w = r.w + discount * next_value - v.w + decay * next_advantage;
        next_value = v.w;
        next_advantage = a.w;
      }
      if ((four & 4u) != 0u) {
        a.z = r.z + discount * next_value - v.z + decay * next_advantage;
        next_value = v.z;
        next_advantage = a.z;
      }
      if ((four & 2u) != 0u) {
        a.y = r.y + discount * next_value - v.y + decay * next_advantage;
        next_value = v.y;
        next_advantage = a.y;
      }
      if ((four & 1u) != 0u) {
        a.x = r.x + discount * next_value - v.x + decay * next_advantage;
        next_value = v.x;
        next_advantage = a.x;
      }
      token_advantage[o] = a;
    }
  }
}
