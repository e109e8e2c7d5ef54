// value_gradient: the clipped value loss and its gradient, written into the value column of d_logits.
//   V_clip = clamp(V, V_old − ε_v, V_old + ε_v),   L_V = ½ max((V − Ret)², (V_clip − Ret)²),   Ret = A_gae + V_old
//   d L_V / d V = V − Ret where the first term is the larger or V lies inside the window, else 0
// Paper   arXiv 1707.06347 with the value clipping of its public code
// Shapes  now [sequence, position_stride, 4]   d_logits [logit_row, logit_column]
//         value_stat [total_sequence, position_stride, 4], at the token's place in the rollout
// Launch  one invocation per row of logits
// Slots   token_weight
// Uses    launch, rows, weight
// Twin    value_gradient.ref.ts

override sequence: u32;
override total_sequence: u32;
override vocab: u32;
override logit_row: u32;
override logit_column: u32;
override position_stride: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> now: array<vec4f>; // [replica, sequence, position_stride, 4] logp, entropy, value, mark
@group(0) @binding(2) var<storage, read> values: array<f32>; // [replica, total_sequence, position_stride]
@group(0) @binding(3) var<storage, read> token_advantage: array<f32>; // [replica, total_sequence, position_stride]
@group(0) @binding(4) var<storage, read> sequence_stat: array<array<vec4f, 2>>; // [replica, sequence, 8] log-ratio sum, tokens, sequence in the rollout, is a demonstration; …
@group(0) @binding(5) var<storage, read> batch_count: array<vec4f>; // [replica, 4] tokens, sequences, demonstration tokens, mean weight
@group(0) @binding(6) var<storage, read_write> d_logits: array<f32>; // inout [replica, logit_row, logit_column]
@group(0) @binding(7) var<storage, read_write> value_stat: array<vec4f>; // inout [replica, total_sequence, position_stride, 4] loss, clipped, return, value

@compute @workgroup_size(threads)
fn value_gradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let replica = i / logit_row;
  if (replica >= arrayLength(&hypers)) {
    return;
  }
  hyper = hypers[replica];
  let r = i % logit_row;
  var first = r * member;
  var count = member;
  var t = 0u;
  if (r >= prompt) {
    let inputs = max(position, 2u) - 1u;
    first = (r - prompt) / inputs;
    count = 1u;
    t = (r - prompt) % inputs + 1u;
  }
  var d_value = 0.0;
  for (var m = 0u; m < count; m++) {
    let local = replica * sequence + first + m;
    let stat = sequence_stat[local][0];
    let place = (replica * total_sequence + u32(stat.z)) * position_stride + t;
    let token = now[local * position_stride + t];
    if (token.w == 0.0) {
      value_stat[place] = vec4f();
      continue;
    }
    let counted = batch_count[replica];
    let weight = token_weight(Counts(stat.y, counted.x, counted.y, counted.z, stat.w == 1.0));
    let old_value = values[place];
    let wanted = token_advantage[place] + old_value;
    let clipped = clamp(token.z, old_value - hyper.value_clip, old_value + hyper.value_clip);
    let plain_square = (token.z - wanted) * (token.z - wanted);
    let clipped_square = (clipped - wanted) * (clipped - wanted);
    let is_clipped = clipped_square > plain_square;
    value_stat[place] = vec4f(0.5 * weight * max(plain_square, clipped_square), f32(is_clipped), wanted, token.z);
    if (!is_clipped) {
      d_value += hyper.value_coef * weight * (token.z - wanted);
    }
  }
  d_logits[i * logit_column + vocab] = d_value;
}
