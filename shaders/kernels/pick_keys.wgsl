// pick_keys: which tokens of a minibatch may be picked, and in which order: the largest keys come first, 0 never.
// Paper   arXiv 2505.22617 (Clip-Cov, KL-Cov)
// Shapes  now [sequence, position_stride, 4]   covariances, keys [sequence, position_stride]
// Launch  one invocation per token
// Slots   stable_mask, pick_key
// Uses    launch, token, random
// Twin    pick_keys.ref.ts

override sequence: u32;
override total_sequence: u32;
override position_stride: u32;
override advantage_stride: u32; // 1: one advantage per response; position_stride: one per token

struct At {
  epoch: u32,
  minibatch: u32,
}

// a run has at most so many minibatches per epoch
const epoch_minibatches = 64u;

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(2) var<storage, read> clock: array<vec2u>; // [replica, 2] seed, step
@group(0) @binding(3) var<storage, read> now: array<vec4f>; // [replica, sequence, position_stride, 4] logp, entropy, value, mark
@group(0) @binding(4) var<storage, read> recorded: array<vec4f>; // [replica, total_sequence, position_stride, 4] sampler_logp, old_logp, ref_logp, author
@group(0) @binding(5) var<storage, read> advantage: array<f32>; // [replica, total_sequence, advantage_stride]
@group(0) @binding(6) var<storage, read> sequence_stat: array<array<vec4f, 2>>; // [replica, sequence, 8] log-ratio sum, tokens, sequence in the rollout, is a demonstration; sampler log-ratio sum, signal, 0, 0
@group(0) @binding(7) var<storage, read> covariances: array<f32>; // [replica, sequence, position_stride]
@group(0) @binding(8) var<storage, read_write> keys: array<u32>; // out [replica, sequence, position_stride]

@compute @workgroup_size(threads)
fn pick_keys(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&now)) {
    return;
  }
  let current = now[i];
  if (current.w == 0.0) {
    keys[i] = 0u;
    return;
  }
  let replica = i / position_stride / sequence;
  let stat = sequence_stat[i / position_stride];
  let place = u32(stat[0].z) * position_stride + i % position_stride;
  let s = replica * total_sequence + u32(stat[0].z);
  hyper = hypers[replica];
  var before = recorded[replica * total_sequence * position_stride + place];
  let is_demonstration = stat[0].w == 1.0;
  if (is_demonstration) {
    before = vec4f(current.x, current.x, before.z, before.w);
  }
  let t = Token(
    current.x,
    before.y,
    before.x,
    before.z,
    advantage[s * advantage_stride + select(0u, i % position_stride, advantage_stride > 1u)],
    stat[0].x,
    stat[0].y,
    current.y,
    is_demonstration,
    false,
    stat[1].x,
    stat[1].y,
    1.0,
  );
  let draw = at.epoch * epoch_minibatches + at.minibatch;
  let bits = random_bits(clock[replica].x, clock[replica].y, purpose_pick, draw, place);
  keys[i] = pick_key(covariances[i], stable_mask(t) != 0.0, bits);
}
