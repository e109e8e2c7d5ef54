// token_logp: what the current policy says about every token of a batch: log-probability and entropy at the sampling
// temperature, the value prediction, and the token's mask.
//   log π(y) = z_y − log Σ exp z,   H = log Σ exp z − Σ π z,   z = logits / temperature
// Shapes  logits [logit_row, logit_column]   tokens [total_sequence, context]   now [sequence, position_stride, 4]
// Launch  one invocation per token of the batch
// Uses    launch, rows, mask
// Twin    token_logp.ref.ts

override sequence: u32;       // sequences in the batch
override total_sequence: u32; // sequences in tokens and token_mask, of which sequence_index picks some
override context: u32;
override vocab: u32;
override logit_row: u32;
override logit_column: u32;
override mask_word: u32;
override position_stride: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> logits: array<f32>; // [replica, logit_row, logit_column]
@group(0) @binding(2) var<storage, read> tokens: array<u32>; // [replica, total_sequence, context]
@group(0) @binding(3) var<storage, read> token_mask: array<u32>; // [replica, total_sequence, mask_word]
@group(0) @binding(4) var<storage, read> sequence_index: array<u32>; // [replica, sequence]
@group(0) @binding(5) var<storage, read_write> now: array<vec4f>; // out [replica, sequence, position_stride, 4] logp, entropy, value, mark

@compute @workgroup_size(threads)
fn token_logp(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&now)) {
    return;
  }
  let t = i % position_stride;
  let replica = i / position_stride / sequence;
  let local = i / position_stride % sequence;
  let s = replica * total_sequence + sequence_index[replica * sequence + local];
  if (t >= position || !mask_bit(token_mask[s * mask_word + min(t, position - 1u) / 32u], t)) {
    now[i] = vec4f();
    return;
  }
  let row = (replica * logit_row + logit_row_of(local, t)) * logit_column;
  let inverse_temperature = 1.0 / hypers[replica].temperature;
  var largest = logits[row];
  for (var v = 1u; v < vocab; v++) {
    largest = max(largest, logits[row + v]);
  }
  var sum = 0.0;
  var weighted = 0.0;
  for (var v = 0u; v < vocab; v++) {
    let z = (logits[row + v] - largest) * inverse_temperature;
    let e = exp(z);
    sum += e;
    weighted += e * z;
  }
  let log_sum = log(sum);
  let symbol = tokens[s * context + prompt_position + t];
  let logp = (logits[row + symbol] - largest) * inverse_temperature - log_sum;
  // without a value head the column after the vocabulary is padding
  now[i] = vec4f(logp, log_sum - weighted / sum, logits[row + min(vocab, logit_column - 1u)], 1.0);
}
