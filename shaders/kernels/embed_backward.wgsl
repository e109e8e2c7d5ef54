// embed_backward: gradients of both embeddings, one partial sum per split of the rows; undoes x = tok[symbol] + pos[j].
// A table entry collects the rows that used it, in row order, so that the sum never depends on scheduling.
// Shapes  d_x [row, width]   d_params [split, param]
// Launch  one invocation per split, table entry (vocab symbols, then input positions) and four channels
// Uses    launch, rows
// Twin    embed_backward.ref.ts

override row: u32;
override width: u32;
override vocab: u32;
override context: u32;
override total_sequence: u32;
override sequence: u32;
override split: u32;
override param_stride: u32;

struct At {
  tok: u32,
  pos: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> tokens: array<u32>; // [replica, total_sequence, context]
@group(0) @binding(2) var<storage, read> sequence_index: array<u32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read> d_x: array<vec4f>; // [replica, row, width]
@group(0) @binding(4) var<storage, read_write> d_params: array<vec4f>; // out [replica, split, param_stride]

@compute @workgroup_size(threads)
fn embed_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = width / 4u;
  let entries = vocab + context;
  let i = invocation_index(id, groups);
  let slab = i / (entries * chunks);
  if (slab >= arrayLength(&d_params) * 4u / param_stride) {
    return;
  }
  let replica = slab / split;
  let part = slab % split;
  let rows = (row + split - 1u) / split;
  let begin = min(part * rows, row);
  let end = min(begin + rows, row);
  let entry = (i / chunks) % entries;
  let c = i % chunks;
  var sum = vec4f();
  for (var r = begin; r < end; r++) {
    let place = place_of(r);
    let j = select(place.index, place.index + prompt_position, place.is_response);
    var used = entry - vocab;
    if (entry < vocab) {
      let local = select(place.prompt * member, place.sequence, place.is_response);
      let s = sequence_index[replica * sequence + local];
      used = tokens[(replica * total_sequence + s) * context + j];
    }
    if (select(used == j, used == entry, entry < vocab)) {
      sum += d_x[(replica * row + r) * chunks + c];
    }
  }
  let offset = select(at.pos + (entry - vocab) * width, at.tok + entry * width, entry < vocab);
  d_params[(slab * param_stride + offset) / 4u + c] = sum;
}
