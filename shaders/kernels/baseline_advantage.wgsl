// baseline_advantage: the discounted return less a baseline that is the same for all responses of the batch.
//   Q_t = r_t + γ Q_next,   A_t = Q_t − b,   b: 0, the mean reward of the batch, or a moving average of it
// The mean is over the responses that have a token of their own: what a source left out or nobody wrote is no part of it.
// The moving average is used before this batch enters it, and stays where no response has a token. hyper.baseline: 0 none, 1 batch mean, 2 moving average.
// Paper   Williams 1992, Sec. 4 (reinforcement baseline)
// Shapes  rewards [sequence]   token_rewards, advantage [sequence, position_stride]   baseline [1]
// Launch  one workgroup per replica
// Uses    reduce, mask
// Twin    baseline_advantage.ref.ts

override sequence: u32;
override position: u32;
override position_stride: u32;
override mask_word: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> rewards: array<f32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read> token_rewards: array<f32>; // [replica, sequence, position_stride]
@group(0) @binding(3) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(4) var<storage, read_write> baseline: array<f32>; // inout [replica]
@group(0) @binding(5) var<storage, read_write> advantage: array<f32>; // out [replica, sequence, position_stride]

fn has_token(s: u32) -> bool {
  var bits = 0u;
  for (var w = 0u; w < mask_word; w++) {
    bits = bits | token_mask[s * mask_word + w];
  }
  return bits != 0u;
}

// The reward of the batch's first response with a token of its own, 0 without any.
fn first_reward(base: u32) -> f32 {
  for (var s = base; s < base + sequence; s++) {
    if (has_token(s)) {
      return rewards[s];
    }
  }
  return 0.0;
}

@compute @workgroup_size(64)
fn baseline_advantage(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  hyper = hypers[replica];
  let base = replica * sequence;
  // measured from the first reward: equal rewards then have exactly their own mean, and no advantage
  let first = first_reward(base);
  var sums = vec4f(); // reward, responses
  for (var s = base + local.x; s < base + sequence; s += row_threads) {
    if (has_token(s)) {
      sums += vec4f(rewards[s] - first, 1.0, 0.0, 0.0);
    }
  }
  sums = row_sum4(sums, local.x);
  let mean = first + sums.x / max(sums.y, 1.0);
  let average = baseline[replica];
  let b = select(select(average, mean, hyper.baseline == 1.0), 0.0, hyper.baseline == 0.0);
  for (var s = local.x; s < sequence; s += row_threads) {
    var next_return = 0.0;
    for (var k = 0u; k < position_stride; k++) {
      let t = position_stride - 1u - k;
      let o = (base + s) * position_stride + t;
      var a = 0.0;
      if (t < position && mask_bit(token_mask[(base + s) * mask_word + min(t, position - 1u) / 32u], t)) {
        next_return = token_rewards[o] + hyper.discount * next_return;
        a = next_return - b;
      }
      advantage[o] = a;
    }
  }
  storageBarrier(); // every lane has read the average before it moves
  if (local.x == 0u) {
    let moved = hyper.baseline_decay * average + (1.0 - hyper.baseline_decay) * mean;
    baseline[replica] = select(moved, average, sums.y == 0.0);
  }
}
