// whiten_advantage: A ← (A − mean) / √(variance + 1e-8) over the policy's own tokens of the batch; 0 elsewhere.
// The variance is the sample variance (n − 1 below); with fewer than two tokens the advantage is 0.
// Shapes  token_advantage, advantage [sequence, position_stride]
// Launch  one workgroup per replica
// Uses    reduce, mask
// Twin    whiten_advantage.ref.ts

override sequence: u32;
override position: u32;
override position_stride: u32;
override mask_word: u32;

const whiten_eps = 1e-8;

@group(0) @binding(0) var<storage, read> token_advantage: array<f32>; // [replica, sequence, position_stride]
@group(0) @binding(1) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(2) var<storage, read_write> advantage: array<f32>; // out [replica, sequence, position_stride]

fn is_own(s: u32, t: u32) -> bool {
  return t < position && mask_bit(token_mask[s * mask_word + min(t, position - 1u) / 32u], t);
}

@compute @workgroup_size(64)
fn whiten_advantage(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let base = workgroup.x * sequence;
  var sum = 0.0;
  var count = 0.0;
  for (var s = base + local.x; s < base + sequence; s += row_threads) {
    for (var t = 0u; t < position; t++) {
      if (is_own(s, t)) {
        sum += token_advantage[s * position_stride + t];
        count += 1.0;
      }
    }
  }
  let total = row_sum4(vec4f(sum, count, 0.0, 0.0), local.x);
  let mean = total.x / (total.y + whiten_eps);
  var squares = 0.0;
  for (var s = base + local.x; s < base + sequence; s += row_threads) {
    for (var t = 0u; t < position; t++) {
      if (is_own(s, t)) {
        let away = token_advantage[s * position_stride + t] - mean;
        squares += away * away;
      }
    }
  }
  let n = max(total.y, 2.0);
  let variance = row_sum4(vec4f(squares, 0.0, 0.0, 0.0), local.x).x / (total.y + whiten_eps) * n / (n - 1.0);
  let inverse = select(inverseSqrt(variance + whiten_eps), 0.0, total.y < 2.0);
  for (var s = base + local.x; s < base + sequence; s += row_threads) {
    for (var t = 0u; t < position_stride; t++) {
      let o = s * position_stride + t;
      advantage[o] = select(0.0, (token_advantage[o] - mean) * inverse, is_own(s, t));
    }
  }
}
