// logits_backward: from d loss / d logp and d loss / d entropy of the tokens to d loss / d logits of their rows.
//   ∂ log π(y) / ∂ z_v = [v = y] − π_v,   ∂ H / ∂ z_v = −π_v (log π_v + H),   z = logits / temperature
// The first symbols of a group share a row, so their gradients add up, in member order.
// Shapes  logits, d_logits [logit_row, logit_column]   token_gradient [sequence, position_stride, 2]
// Launch  one invocation per row
// Uses    launch, rows
// Twin    logits_backward.ref.ts

override sequence: u32;
override total_sequence: u32;
override context: u32;
override vocab: u32;
override logit_row: u32;
override logit_column: u32;
override position_stride: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> logits: array<f32>; // [replica, logit_row, logit_column]
@group(0) @binding(2) var<storage, read> tokens: array<u32>; // [replica, total_sequence, context]
@group(0) @binding(3) var<storage, read> sequence_index: array<u32>; // [replica, sequence]
@group(0) @binding(4) var<storage, read> token_gradient: array<vec2f>; // [replica, sequence, position_stride, 2] d_logp, d_entropy
@group(0) @binding(5) var<storage, read_write> d_logits: array<f32>; // out [replica, logit_row, logit_column]

@compute @workgroup_size(threads)
fn logits_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let replica = i / logit_row;
  if (replica >= arrayLength(&hypers)) {
    return;
  }
  let r = i % logit_row;
  var first = r * member; // the sequences whose symbol this row predicts
  var count = member;
  var t = 0u;
  if (r >= prompt) {
    let inputs = max(position, 2u) - 1u;
    first = (r - prompt) / inputs;
    count = 1u;
    t = (r - prompt) % inputs + 1u;
  }
  var d_logp = 0.0; // summed over the members
  var d_entropy = 0.0;
  for (var m = 0u; m < count; m++) {
    let d = token_gradient[(replica * sequence + first + m) * position_stride + t];
    d_logp += d.x;
    d_entropy += d.y;
  }
  let row = i * logit_column;
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
  let entropy = log_sum - weighted / sum;
  for (var v = 0u; v < vocab; v++) {
    let log_p = (logits[row + v] - largest) * inverse_temperature - log_sum;
    d_logits[row + v] = -exp(log_p) * (d_logp + d_entropy * (log_p + entropy)) * inverse_temperature;
  }
  for (var v = vocab; v < logit_column; v++) {
    d_logits[row + v] = 0.0;
  }
  for (var m = 0u; m < count; m++) {
    let s = sequence_index[replica * sequence + first + m];
    let symbol = tokens[(replica * total_sequence + s) * context + prompt_position + t];
    let d = token_gradient[(replica * sequence + first + m) * position_stride + t].x;
    d_logits[row + symbol] = d_logits[row + symbol] + d * inverse_temperature;
  }
}
