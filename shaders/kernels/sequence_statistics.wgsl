// sequence_statistics: per sequence of a minibatch, its own tokens and the sums of log-ratios over them.
// A demonstration was not drawn by a policy: its old policy is the current one, and its log-ratios are 0.
// Shapes  now [sequence, position_stride, 4]   recorded [total_sequence, position_stride, 4]   sequence_stat [sequence, 8]
// Launch  one invocation per sequence
// Uses    launch, author
// Twin    sequence_statistics.ref.ts

override sequence: u32;
override total_sequence: u32;
override position: u32;
override position_stride: u32;

@group(0) @binding(0) var<storage, read> now: array<vec4f>; // [replica, sequence, position_stride, 4] logp, entropy, value, mark
@group(0) @binding(1) var<storage, read> recorded: array<vec4f>; // [replica, total_sequence, position_stride, 4] sampler_logp, old_logp, ref_logp, author
@group(0) @binding(2) var<storage, read> sequence_index: array<u32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read_write> sequence_stat: array<array<vec4f, 2>>; // out [replica, sequence, 8] log-ratio sum, tokens, sequence in the rollout, is a demonstration; sampler log-ratio sum, signal, 0, 0

@compute @workgroup_size(threads)
fn sequence_statistics(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&sequence_stat)) {
    return;
  }
  let s = sequence_index[i];
  let source = (i / sequence * total_sequence + s) * position_stride;
  let is_demonstration = recorded[source].w == author_demonstration;
  var sum = 0.0;
  var sampler_sum = 0.0;
  var count = 0.0;
  for (var t = 0u; t < position; t++) {
    let token = now[i * position_stride + t];
    if (token.w != 0.0) {
      let before = recorded[source + t];
      sum += select(token.x - before.y, 0.0, is_demonstration);
      sampler_sum += select(before.y - before.x, 0.0, is_demonstration);
      count += 1.0;
    }
  }
  sequence_stat[i] = array<vec4f, 2>(
    vec4f(sum, count, f32(s), f32(is_demonstration)),
    vec4f(sampler_sum, 0.0, 0.0, 0.0),
  );
}
