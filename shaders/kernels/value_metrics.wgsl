// value_metrics: value loss, share of clipped values and explained variance 1 − Var(Ret − V) / Var(Ret).
// Shapes  value_stat [sequence, position_stride, 4]   metrics [metric]
// Launch  one workgroup per replica
// Uses    reduce, mask
// Twin    value_metrics.ref.ts

override sequence: u32;
override position: u32;
override position_stride: u32;
override mask_word: u32;
override minibatch: u32;
override metric: u32;

struct At {
  column: u32, // the first of three
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(2) var<storage, read> value_stat: array<vec4f>; // [replica, sequence, position_stride, 4] loss, clipped, return, value
@group(0) @binding(3) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn value_metrics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  let base = replica * sequence;
  var sums = vec4f(); // loss, clipped, return, value
  var count = 0.0;
  for (var s = base + local.x; s < base + sequence; s += row_threads) {
    for (var t = 0u; t < position; t++) {
      if (mask_bit(token_mask[s * mask_word + t / 32u], t)) {
        sums += value_stat[s * position_stride + t];
        count += 1.0;
      }
    }
  }
  sums = row_sum4(sums, local.x);
  let tokens = max(row_sum(count, local.x), 1.0);
  let mean_return = sums.z / tokens;
  let mean_error = (sums.z - sums.w) / tokens;
  var squares = vec4f();
  for (var s = base + local.x; s < base + sequence; s += row_threads) {
    for (var t = 0u; t < position; t++) {
      if (mask_bit(token_mask[s * mask_word + t / 32u], t)) {
        let stat = value_stat[s * position_stride + t];
        let away = stat.z - mean_return;
        let error = stat.z - stat.w - mean_error;
        squares += vec4f(away * away, error * error, 0.0, 0.0);
      }
    }
  }
  squares = row_sum4(squares, local.x);
  if (local.x == 0u) {
    let o = replica * metric + at.column;
    metrics[o] = sums.x / f32(minibatch);
    metrics[o + 1u] = sums.y / tokens;
    // returns without spread leave nothing to explain
    metrics[o + 2u] = select(1.0 - squares.y / squares.x, 0.0, squares.x < 1e-12);
  }
}
