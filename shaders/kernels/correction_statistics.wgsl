// correction_statistics: what the weights of a sampler correction look like in a minibatch, and what they are divided by.
//   weight_mean             mean weight of a token
//   weight_high, weight_low share of raw weights above hyper.weight_cap, and below hyper.weight_low (1 / cap where that is 0)
//   effective_sample_size   (Σ w)² / (n Σ w²)
// A response's weight counts once in the shares and in the mean that normalises, and with each token in the other two.
// Paper   arXiv 2509.23866 (truncated importance sampling)
// Shapes  now [sequence, position_stride, 4]   sequence_stat [sequence, 8]   batch_count [4], the fourth number is written
// Launch  one workgroup per replica
// Slots   sampler_weight, sampler_log_weight, sampler_share
// Uses    reduce, token
// Twin    correction_statistics.ref.ts

override sequence: u32;
override total_sequence: u32;
override position_stride: u32;
override metric: u32;

struct At {
  column: u32, // the first of four
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(2) var<storage, read> now: array<vec4f>; // [replica, sequence, position_stride, 4] logp, entropy, value, mark
@group(0) @binding(3) var<storage, read> recorded: array<vec4f>; // [replica, total_sequence, position_stride, 4] sampler_logp, old_logp, ref_logp, author
@group(0) @binding(4) var<storage, read> sequence_stat: array<array<vec4f, 2>>; // [replica, sequence, 8] log-ratio sum, tokens, sequence in the rollout, is a demonstration; sampler log-ratio sum, signal, 0, 0
@group(0) @binding(5) var<storage, read_write> batch_count: array<vec4f>; // inout [replica, 4] tokens, sequences, demonstration tokens, mean sampler weight
@group(0) @binding(6) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn correction_statistics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  hyper = hypers[replica];
  let low = select(1.0 / hyper.weight_cap, hyper.weight_low, hyper.weight_low > 0.0);
  var by_token = vec4f(); // weight, its square, tokens
  var by_share = vec4f(); // weight, above, below, shares
  for (var s = local.x; s < sequence; s += row_threads) {
    let i = replica * sequence + s;
    let stat = sequence_stat[i];
    let is_demonstration = stat[0].w == 1.0;
    let place = (replica * total_sequence + u32(stat[0].z)) * position_stride;
    for (var p = 0u; p < position_stride; p++) {
      let current = now[i * position_stride + p];
      if (current.w == 0.0) {
        continue;
      }
      var before = recorded[place + p];
      if (is_demonstration) {
        before = vec4f(current.x, current.x, before.z, before.w);
      }
      let t = Token(
        current.x,
        before.y,
        before.x,
        before.z,
        0.0,
        stat[0].x,
        stat[0].y,
        current.y,
        is_demonstration,
        current.w == 2.0,
        stat[1].x,
        stat[1].y,
        1.0,
      );
      let weight = sampler_weight(t);
      let raw = exp(clamp(sampler_log_weight(t), -log_ratio_limit, log_ratio_limit));
      let share = sampler_share(t);
      by_token += vec4f(weight, weight * weight, 1.0, 0.0);
      by_share += share * vec4f(weight, f32(raw > hyper.weight_cap), f32(raw < low), 1.0);
    }
  }
  by_token = row_sum4(by_token, local.x);
  by_share = row_sum4(by_share, local.x);
  if (local.x == 0u) {
    let tokens = max(by_token.z, 1.0);
    let shares = select(1.0, by_share.w, by_share.w > 0.0);
    let divisor = by_share.x / shares;
    let is_divided = hyper.normalise_weights == 1.0 && divisor > 0.0;
    batch_count[replica].w = select(1.0, divisor, is_divided);
    let o = replica * metric + at.column;
    metrics[o] = by_token.x / tokens;
    metrics[o + 1u] = by_share.y / shares;
    metrics[o + 2u] = by_share.z / shares;
    let squares = select(1.0, tokens * by_token.y, by_token.y > 0.0);
    metrics[o + 3u] = by_token.x * by_token.x / squares;
  }
}
