// log_z_gradient: d loss / d log Z of every prompt, into the column of d_logits after the vocabulary.
// A residual takes log Z with weight 1 and the log-probability of each of its n tokens with 1 / n, and the tokens of a
// response share one loss: what reaches log Z is the sum of what reaches the tokens' log-probabilities.
// Paper   arXiv 2509.15207, trajectory balance
// Shapes  token_gradient [sequence, position_stride, 2]   d_logits [logit_row, logit_column]
// Launch  one invocation per prompt
// Uses    launch
// Twin    log_z_gradient.ref.ts

override prompt: u32;
override member: u32;
override sequence: u32;
override position_stride: u32;
override vocab: u32;
override logit_row: u32;
override logit_column: u32;

@group(0) @binding(0) var<storage, read> token_gradient: array<vec2f>; // [replica, sequence, position_stride, 2] d_logp, d_entropy
@group(0) @binding(1) var<storage, read_write> d_logits: array<f32>; // inout [replica, logit_row, logit_column]

@compute @workgroup_size(threads)
fn log_z_gradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let first = i * member * position_stride; // sequences lie group by group
  if (first >= arrayLength(&token_gradient)) {
    return;
  }
  var sum = 0.0;
  for (var k = 0u; k < member * position_stride; k++) {
    sum += token_gradient[first + k].x;
  }
  d_logits[(i / prompt * logit_row + i % prompt) * logit_column + vocab] = sum;
}
