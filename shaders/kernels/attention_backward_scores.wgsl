// attention_backward_scores: gradient of the attention scores.
// Undoes mixed = Σ_j p_j v_j and p = softmax(s / sqrt(head_width)):
//   d_p_j = d_mixed · v_j,   d_s_j = p_j (d_p_j − Σ_i p_i d_p_i) / sqrt(head_width)
// Paper   arXiv 1706.03762 Eq. 1
// Shapes  d_mixed [row, width]   probability [layer, row, head, key]   d_score [row, head, key]
// Launch  one invocation per row and head
// Uses    launch, rows
// Twin    attention_backward_scores.ref.ts

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
@group(0) @binding(4) var<storage, read_write> d_score: array<f32>; // out [replica, row, head, key]

@compute @workgroup_size(threads)
fn attention_backward_scores(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let replica = i / (row * head);
  if (replica >= arrayLength(&qkv) * 4u / qkv_stride) {
    return;
  }
  let r = (i / head) % row;
  let h = i % head;
  let place = place_of(r);
  let chunks = width / 4u;
  let head_chunks = chunks / head;
  let base = (replica * qkv_stride + at.qkv) / 4u + 2u * chunks + h * head_chunks;
  let source = replica * prob_stride + at.prob + (r * head + h) * key;
  let d = (replica * row + r) * chunks + h * head_chunks;
  let to = ((replica * row + r) * head + h) * key;
  // the keys lie in two stretches: the prompt's rows, then the response's own
  var mean = 0.0;
  var j = 0u;
  var v = base + place.prompt * prompt_position * 3u * chunks;
  var end = min(prompt_position, place.num_keys);
  for (var stretch = 0u; stretch < 2u; stretch++) {
    for (; j < end; j++) {
      var products = vec4f();
      for (var c = 0u; c < head_chunks; c += 2u) {
        products += d_mixed[d + c] * qkv[v + c] + d_mixed[d + c + 1u] * qkv[v + c + 1u];
      }
      let d_p = products.x + products.y + products.z + products.w;
      d_score[to + j] = d_p;
      mean += probability[source + j] * d_p;
      v += 3u * chunks;
    }
    v = base + key_row(place.prompt, place.sequence, prompt_position) * 3u * chunks;
    end = place.num_keys;
  }
  let scale = inverseSqrt(f32(width / head));
  for (j = 0u; j < place.num_keys; j++) {
    d_score[to + j] = probability[source + j] * (d_score[to + j] - mean) * scale;
  }
}
