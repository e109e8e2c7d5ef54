// attention_mix: each head's probabilities mix the values of the keys: mixed = Σ_j p_j v_j.
// Paper   arXiv 1706.03762 Eq. 1
// Shapes  qkv [layer, row, 3 width]   probability [layer, row, head, key]   mixed [layer, row, width]
// Launch  one invocation per row and eight channels, which lie in one head
// Uses    launch, rows
// Twin    attention_mix.ref.ts

override count: u32; // rows in the range
override row: u32;
override width: u32;
override head: u32;
override key: u32;
override qkv_stride: u32;
override prob_stride: u32;
override mixed_stride: u32;

struct At {
  first: u32,
  row_step: u32,
  qkv: u32,
  prob: u32,
  mixed: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>; // [replica, qkv_stride]
@group(0) @binding(2) var<storage, read> probability: array<f32>; // [replica, prob_stride]
@group(0) @binding(3) var<storage, read_write> mixed: array<vec4f>; // out [replica, mixed_stride]

@compute @workgroup_size(threads)
fn attention_mix(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = width / 4u;
  let pairs = width / 8u;
  let i = invocation_index(id, groups);
  let replica = i / (count * pairs);
  if (replica >= arrayLength(&qkv) * 4u / qkv_stride) {
    return;
  }
  let r = at.first + (i / pairs) % count * at.row_step;
  let c = i % pairs * 2u;
  let h = c / (chunks / head);
  let place = place_of(r);
  let base = (replica * qkv_stride + at.qkv) / 4u + 2u * chunks + c;
  let row_step = 3u * chunks;
  var p = replica * prob_stride + at.prob + (r * head + h) * key;
  // the keys lie in two stretches: the prompt's rows, then the response's own
  var v = base + place.prompt * prompt_position * row_step;
  var left = min(prompt_position, place.num_keys);
  var sum0 = vec4f();
  var sum1 = vec4f();
  for (var stretch = 0u; stretch < 2u; stretch++) {
    for (; left > 0u; left--) {
      let share = probability[p];
      sum0 += share * qkv[v];
      sum1 += share * qkv[v + 1u];
      p++;
      v += row_step;
    }
    v = base + key_row(place.prompt, place.sequence, prompt_position) * row_step;
    left = place.num_keys - min(prompt_position, place.num_keys);
  }
  let o = (replica * mixed_stride + at.mixed) / 4u + r * chunks + c;
  mixed[o] = sum0;
  mixed[o + 1u] = sum1;
}
