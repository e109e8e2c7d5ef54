// attention_backward_qkv: gradients of queries, keys and values.
//   d_q = Σ over its keys j of d_s_j k_j,  d_k = Σ over the queries that see it of d_s q,  d_v = Σ of p d_mixed
// A prompt row is seen by later prompt rows and by every response row of its group.
// Paper   arXiv 1706.03762 Eq. 1
// Shapes  d_score [row, head, key]   d_mixed [row, width]   d_qkv [row, 3 width]
// Launch  one invocation per row and four channels
// Uses    launch, rows
// Twin    attention_backward_qkv.ref.ts

override row: u32;
override width: u32;
override head: u32;
override key: u32;
override qkv_stride: u32;
override prob_stride: u32;

struct At {
  qkv: u32,
  prob: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>; // [replica, qkv_stride]
@group(0) @binding(2) var<storage, read> probability: array<f32>; // [replica, prob_stride]
@group(0) @binding(3) var<storage, read> d_mixed: array<vec4f>; // [replica, row, width]
@group(0) @binding(4) var<storage, read> d_score: array<f32>; // [replica, row, head, key]
@group(0) @binding(5) var<storage, read_write> d_qkv: array<vec4f>; // out [replica, row, 3, width]

@compute @workgroup_size(threads)
fn attention_backward_qkv(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = width / 4u;
  let i = invocation_index(id, groups);
  let replica = i / (row * chunks);
  if (replica >= arrayLength(&qkv) * 4u / qkv_stride) {
    return;
  }
  let r = (i / chunks) % row;
  let c = i % chunks;
  let h = c / (chunks / head);
  let place = place_of(r);
  let q = (replica * qkv_stride + at.qkv) / 4u + c;
  let scores = (replica * row * head + h) * key; // of row 0; a row further on is head · key later
  let probs = replica * prob_stride + at.prob + h * key;
  let mixed = replica * row * chunks + c;

  var d_q = vec4f();
  let own_scores = scores + r * head * key;
  for (var j = 0u; j < place.num_keys; j++) {
    d_q += d_score[own_scores + j] * qkv[q + (key_row(place.prompt, place.sequence, j) * 3u + 1u) * chunks];
  }

  // this row as a key stands at context position `own`; the queries that see it lie in up to two stretches of rows
  let own = place.num_keys - 1u;
  let inputs = position - 1u;
  let responses = prompt * prompt_position + select(place.prompt * member, place.sequence, place.is_response) * inputs;
  var first = r;
  var end = (place.prompt + 1u) * prompt_position;
  if (place.is_response) {
    end = responses + inputs;
  }
  var d_k = vec4f();
  var d_v = vec4f();
  for (var stretch = 0u; stretch < 2u; stretch++) {
    for (var s = first; s < end; s++) {
      d_k += d_score[scores + s * head * key + own] * qkv[q + s * 3u * chunks];
      d_v += probability[probs + s * head * key + own] * d_mixed[mixed + s * chunks];
    }
    first = responses;
    end = select(responses + member * inputs, first, place.is_response);
  }
  let o = (replica * row + r) * 3u * chunks + c;
  d_qkv[o] = d_q;
  d_qkv[o + chunks] = d_k;
  d_qkv[o + 2u * chunks] = d_v;
}
