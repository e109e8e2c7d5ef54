// tabular_logits: logits of the tabular softmax policy: one row of the table per (prompt, position, previous symbol).
// Shapes  params [prompt_count, position, vocab, logit_column]   logits [logit_row, logit_column]
// Launch  one invocation per row and four columns
// Uses    launch, rows, table
// Twin    tabular_logits.ref.ts

override count: u32;    // rows in the range
override logit_row: u32;
override group: u32;    // groups in prompt_index, from which sequence_index picks
override total_member: u32; // members per group there
override total_sequence: u32;
override sequence: u32;
override context: u32;
override vocab: u32;
override logit_column: u32;
override param_stride: u32;

struct At {
  first: u32, // row that comes first, and the distance to the next
  row_step: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> prompt_index: array<u32>; // [replica, group]
@group(0) @binding(2) var<storage, read> tokens: array<u32>; // [replica, total_sequence, context]
@group(0) @binding(3) var<storage, read> sequence_index: array<u32>; // [replica, sequence]
@group(0) @binding(4) var<storage, read> params: array<vec4f>; // [replica, param_stride]
@group(0) @binding(5) var<storage, read_write> logits: array<vec4f>; // out [replica, logit_row, logit_column]

@compute @workgroup_size(threads)
fn tabular_logits(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = logit_column / 4u;
  let i = invocation_index(id, groups);
  let replica = i / (count * chunks);
  if (replica >= arrayLength(&params) * 4u / param_stride) {
    return;
  }
  let k = (i / chunks) % count;
  let r = at.first + k * at.row_step;
  let place = predicted_by(r);
  let s = sequence_index[replica * sequence + place.x];
  let index = prompt_index[replica * group + s / total_member];
  let previous = tokens[(replica * total_sequence + s) * context + prompt_position + place.y - 1u];
  let entry = table_entry(index, place.y, previous, vocab);
  let c = i % chunks;
  logits[(replica * logit_row + r) * chunks + c] = params[(replica * param_stride + entry * logit_column) / 4u + c];
}
