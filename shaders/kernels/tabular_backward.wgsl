// tabular_backward: gradient of every table entry: the sum over the rows of logits that read it, in row order.
// Shapes  d_logits [logit_row, logit_column]   d_params [prompt_count, position, vocab, logit_column]
// Launch  one invocation per table entry
// Uses    launch, rows, table
// Twin    tabular_backward.ref.ts

override group: u32;
override total_member: u32;
override total_sequence: u32;
override sequence: u32;
override context: u32;
override vocab: u32;
override logit_row: u32;
override logit_column: u32;
override param_stride: u32;
override entry: u32; // prompt_count · position · vocab

@group(0) @binding(0) var<storage, read> prompt_index: array<u32>; // [replica, group]
@group(0) @binding(1) var<storage, read> tokens: array<u32>; // [replica, total_sequence, context]
@group(0) @binding(2) var<storage, read> sequence_index: array<u32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read> d_logits: array<vec4f>; // [replica, logit_row, logit_column]
@group(0) @binding(4) var<storage, read_write> d_params: array<vec4f>; // out [replica, param_stride]

@compute @workgroup_size(threads)
fn tabular_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = logit_column / 4u;
  let i = invocation_index(id, groups);
  let replica = i / entry;
  if (replica >= arrayLength(&d_params) * 4u / param_stride) {
    return;
  }
  let e = i % entry;
  let own_index = e / (position * vocab);
  let t = (e / vocab) % position;
  let to = (replica * param_stride + e * logit_column) / 4u;
  for (var c = 0u; c < chunks; c++) {
    d_params[to + c] = vec4f();
  }
  // the rows of this position: one per group for the first symbol, one per sequence after it
  let count = select(sequence, prompt, t == 0u);
  for (var k = 0u; k < count; k++) {
    let local = select(k, k * member, t == 0u);
    let s = sequence_index[replica * sequence + local];
    if (prompt_index[replica * group + s / total_member] != own_index) {
      continue;
    }
    if (tokens[(replica * total_sequence + s) * context + prompt_position + t - 1u] != e % vocab) {
      continue;
    }
    let source = (replica * logit_row + logit_row_of(local, t)) * chunks;
    for (var c = 0u; c < chunks; c++) {
      d_params[to + c] = d_params[to + c] + d_logits[source + c];
    }
  }
}
