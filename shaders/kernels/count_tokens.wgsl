// count_tokens: the policy's own tokens in a minibatch, and the sequences that have any: what weightings divide by.
// Shapes  sequence_stat [sequence, 8]   batch_count [4]: tokens, sequences, demonstration tokens, mean sampler weight (1)
// Launch  one workgroup per replica
// Uses    reduce
// Twin    count_tokens.ref.ts

override sequence: u32;

@group(0) @binding(0) var<storage, read> sequence_stat: array<array<vec4f, 2>>; // [replica, sequence, 8] log-ratio sum, tokens, sequence in the rollout, is a demonstration; …
@group(0) @binding(1) var<storage, read_write> batch_count: array<vec4f>; // out [replica, 4]

@compute @workgroup_size(64)
fn count_tokens(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  var count = vec4f();
  for (var s = local.x; s < sequence; s += row_threads) {
    let stat = sequence_stat[replica * sequence + s][0];
    count += vec4f(stat.y, select(0.0, 1.0, stat.y > 0.0), stat.y * stat.w, 0.0);
  }
  let total = row_sum4(count, local.x);
  if (local.x == 0u) {
    batch_count[replica] = vec4f(total.xyz, 1.0);
  }
}
