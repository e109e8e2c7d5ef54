// sequence_statistics: per sequence of a minibatch, the sum of log-ratios over its own tokens and their number.
// Shapes  now [sequence, position_stride, 4]   recorded [total_sequence, position_stride, 4]   sequence_stat [sequence, 4]
// Launch  one invocation per sequence
// Uses    launch
// Twin    sequence_statistics.ref.ts

override sequence: u32;
override total_sequence: u32;
override position: u32;
override position_stride: u32;

@group(0) @binding(0) var<storage, read> now: array<vec4f>; // [replica, sequence, position_stride, 4] logp, entropy, value, mask
@group(0) @binding(1) var<storage, read> recorded: array<vec4f>; // [replica, total_sequence, position_stride, 4]
@group(0) @binding(2) var<storage, read> sequence_index: array<u32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read_write> sequence_stat: array<vec4f>; // out [replica, sequence, 4] log-ratio sum, tokens, sequence in the rollout, 0

@compute @workgroup_size(threads)
fn sequence_statistics(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&sequence_stat)) {
    return;
  }
  let s = sequence_index[i];
  let source = (i / sequence * total_sequence + s) * position_stride;
  var sum = 0.0;
  var count = 0.0;
  for (var t = 0u; t < position; t++) {
    let token = now[i * position_stride + t];
    if (token.w == 1.0) {
      sum += token.x - recorded[source + t].y;
      count += 1.0;
    }
  }
  sequence_stat[i] = vec4f(sum, count, f32(s), 0.0);
}
