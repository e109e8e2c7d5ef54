// count_tokens: the policy's own tokens in a minibatch, and the sequences that have any: what weightings divide by.
// Shapes  sequence_stat [sequence, 4]   batch_count [2]: tokens, sequences
// Launch  one workgroup per replica
// Uses    reduce
// Twin    count_tokens.ref.ts

override sequence: u32;

@group(0) @binding(0) var<storage, read> sequence_stat: array<vec4f>; // [replica, sequence, 4] log-ratio sum, tokens, sequence in the rollout, 0
@group(0) @binding(1) var<storage, read_write> batch_count: array<vec2f>; // out [replica, 2]

@compute @workgroup_size(64)
fn count_tokens(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  var count = vec4f();
  for (var s = local.x; s < sequence; s += row_threads) {
    let own = sequence_stat[replica * sequence + s].y;
    count += vec4f(own, select(0.0, 1.0, own > 0.0), 0.0, 0.0);
  }
  let total = row_sum4(count, local.x);
  if (local.x == 0u) {
    batch_count[replica] = total.xy;
  }
}
