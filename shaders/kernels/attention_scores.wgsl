// attention_scores: causal attention probabilities, softmax over the keys that a row may see.
//   p_j = softmax_j( q · k_j / sqrt(head_width) )
// Paper   arXiv 1706.03762 Eq. 1
// Shapes  qkv [layer, row, 3 width]   probability [layer, row, head, key]   keys past the row's own are not written
// Launch  one invocation per row and head
// Uses    launch, rows
// Twin    attention_scores.ref.ts

override count: u32; // rows in the range
override row: u32;
override width: u32;
override head: u32;
override key: u32; // prompt_position + position − 1
override qkv_stride: u32;  // values of one replica in qkv
override prob_stride: u32; // values of one replica in probability

struct At {
  first: u32,
  row_step: u32,
  qkv: u32,  // offset of row 0 in qkv
  prob: u32, // offset of row 0 in probability
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>; // [replica, qkv_stride]
@group(0) @binding(2) var<storage, read_write> probability: array<f32>; // out [replica, prob_stride]

@compute @workgroup_size(threads)
fn attention_scores(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let replica = i / (count * head);
  if (replica >= arrayLength(&qkv) * 4u / qkv_stride) {
    return;
  }
  let r = at.first + (i / head) % count * at.row_step;
  let h = i % head;
  let place = place_of(r);
  let chunks = width / 4u;
  let head_chunks = chunks / head;
  let scale = inverseSqrt(f32(width / head));
  let base = (replica * qkv_stride + at.qkv) / 4u;
  let q = base + r * 3u * chunks + h * head_chunks;
  let to = replica * prob_stride + at.prob + (r * head + h) * key;
  // the keys lie in two stretches: the prompt's rows, then the response's own
  var largest = -1e30;
  var j = 0u;
  var k = base + (place.prompt * prompt_position * 3u + 1u) * chunks + h * head_chunks;
  var end = min(prompt_position, place.num_keys);
  for (var stretch = 0u; stretch < 2u; stretch++) {
    for (; j < end; j++) {
      var products = vec4f();
      for (var c = 0u; c < head_chunks; c += 2u) {
        products += qkv[q + c] * qkv[k + c] + qkv[q + c + 1u] * qkv[k + c + 1u];
      }
      let score = (products.x + products.y + products.z + products.w) * scale;
      probability[to + j] = score;
      largest = max(largest, score);
      k += 3u * chunks;
    }
    k = base + (key_row(place.prompt, place.sequence, prompt_position) * 3u + 1u) * chunks + h * head_chunks;
    end = place.num_keys;
  }
  var sum = 0.0;
  for (j = 0u; j < place.num_keys; j++) {
    let e = exp(probability[to + j] - largest);
    probability[to + j] = e;
    sum += e;
  }
  let inverse = 1.0 / sum;
  for (j = 0u; j < place.num_keys; j++) {
    probability[to + j] = probability[to + j] * inverse;
  }
}
