// whiten_advantage: A ← (A − mean) / √(variance + 1e-8) over the policy's own tokens of the batch; 0 elsewhere.
// The variance is the sample variance (n − 1 below), as in verl; with hyper.whiten_is_population it is the population
// variance, held above 1e-8 instead of having it added, as in OpenRLHF. With fewer than two tokens the advantage is 0.
// Shapes  token_advantage [sequence, token_advantage_stride], one number per token or one per response
//         advantage [sequence, position_stride]   whiten_stat [2]: mean, variance
// Launch  one workgroup per replica
// Uses    reduce, mask
// Twin    whiten_advantage.ref.ts

override sequence: u32;
override position: u32;
override position_stride: u32;
override mask_word: u32;
override token_advantage_stride: u32; // 1 or position_stride

const whiten_eps = 1e-8;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> token_advantage: array<f32>; // [replica, sequence, token_advantage_stride]
@group(0) @binding(2) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(3) var<storage, read_write> advantage: array<f32>; // out [replica, sequence, position_stride]
@group(0) @binding(4) var<storage, read_write> whiten_stat: array<vec2f>; // out [replica, 2] mean, variance

fn raw_advantage(s: u32, t: u32) -> f32 {
  return token_advantage[s * token_advantage_stride + select(0u, t, token_advantage_stride > 1u)];
}

fn is_own(s: u32, t: u32) -> bool {
  return t < position && mask_bit(token_mask[s * mask_word + min(t, position - 1u) / 32u], t);
}

// The raw advantage of the batch's first own token, 0 without any.
fn first_advantage(base: u32) -> f32 {
  for (var s = base; s < base + sequence; s++) {
    for (var t = 0u; t < position; t++) {
      if (is_own(s, t)) {
        return raw_advantage(s, t);
      }
    }
  }
  return 0.0;
}

@compute @workgroup_size(64)
fn whiten_advantage(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let base = workgroup.x * sequence;
  // measured from the first one: equal advantages then have exactly their own mean, whatever it rounds to, and divided by
  // a spread of 1e-4 the difference would be a visible number instead of 0
  let first = first_advantage(base);
  var sum = 0.0;
  var count = 0.0;
  for (var s = base + local.x; s < base + sequence; s += row_threads) {
    for (var t = 0u; t < position; t++) {
      if (is_own(s, t)) {
        sum += raw_advantage(s, t) - first;
        count += 1.0;
      }
    }
  }
  let total = row_sum4(vec4f(sum, count, 0.0, 0.0), local.x);
  let mean = first + total.x / (total.y + whiten_eps);
  var squares = 0.0;
  for (var s = base + local.x; s < base + sequence; s += row_threads) {
    for (var t = 0u; t < position; t++) {
      if (is_own(s, t)) {
        let away = raw_advantage(s, t) - mean;
        squares += away * away;
      }
    }
  }
  let n = max(total.y, 2.0);
  let is_population = hypers[workgroup.x].whiten_is_population == 1.0;
  let biased = row_sum4(vec4f(squares, 0.0, 0.0, 0.0), local.x).x / (total.y + whiten_eps);
  let variance = select(biased * n / (n - 1.0), biased, is_population);
  let held = select(variance + whiten_eps, max(variance, whiten_eps), is_population);
  let inverse = select(inverseSqrt(held), 0.0, total.y < 2.0);
  if (local.x == 0u) {
    whiten_stat[workgroup.x] = vec2f(mean, variance);
  }
  for (var s = base + local.x; s < base + sequence; s += row_threads) {
    for (var t = 0u; t < position_stride; t++) {
      let o = s * position_stride + t;
      if (is_own(s, t)) {
        advantage[o] = (raw_advantage(s, t) - mean) * inverse;
      } else {
        advantage[o] = 0.0;
      }
    }
  }
}
