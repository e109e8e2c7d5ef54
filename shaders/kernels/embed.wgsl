// embed: x = tok[symbol] + pos[context position] for a range of rows (lib/rows tells which token a row holds).
// Shapes  tokens [sequence, context]   x [row, width]
// Launch  one invocation per row and four channels
// Uses    launch, rows
// Twin    embed.ref.ts

override count: u32; // rows in the range
override x_stride: u32; // values of one replica in x
override width: u32;
override context: u32; // prompt_position + position
override total_sequence: u32; // sequences in `tokens`, of which sequence_index picks some
override sequence: u32;
override param_stride: u32;

struct At {
  first: u32,
  row_step: u32,
  tok: u32, // offset of the symbol embedding in the parameters
  pos: u32, // offset of the position embedding
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> tokens: array<u32>; // [replica, total_sequence, context]
@group(0) @binding(2) var<storage, read> sequence_index: array<u32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read> params: array<vec4f>; // [replica, param_stride]
@group(0) @binding(4) var<storage, read_write> x: array<vec4f>; // out [replica, x_stride]

@compute @workgroup_size(threads)
fn embed(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = width / 4u;
  let i = invocation_index(id, groups);
  let replica = i / (count * chunks);
  if (replica >= arrayLength(&params) * 4u / param_stride) {
    return;
  }
  let r = at.first + (i / chunks) % count * at.row_step;
  let c = i % chunks;
  let place = place_of(r);
  let local = select(place.prompt * member, place.sequence, place.is_response);
  let s = sequence_index[replica * sequence + local];
  let j = select(place.index, place.index + prompt_position, place.is_response);
  let symbol = tokens[(replica * total_sequence + s) * context + j];
  let base = replica * param_stride;
  x[replica * x_stride / 4u + r * chunks + c] =
    params[(base + at.tok + symbol * width) / 4u + c] + params[(base + at.pos + j * width) / 4u + c];
}
