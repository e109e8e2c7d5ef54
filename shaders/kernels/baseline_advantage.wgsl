// baseline_advantage: the discounted return less a baseline that does not look at the response itself.
//   Q_t = r_t + γ Q_next,   A_t = Q_t − b,   b: 0, the mean reward of the batch, or a moving average of it
// The moving average is used before this batch enters it. hyper.baseline: 0 none, 1 batch mean, 2 moving average.
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

@compute @workgroup_size(64)
fn baseline_advantage(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  hyper = hypers[replica];
  let base = replica * sequence;
  var sum = 0.0;
  // measured from the first reward: equal rewards then have exactly their own mean, and no advantage
  for (var s = local.x; s < sequence; s += row_threads) {
    sum += rewards[base + s] - rewards[base];
  }
  let mean = rewards[base] + row_sum(sum, local.x) / f32(sequence);
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
    baseline[replica] = hyper.baseline_decay * average + (1.0 - hyper.baseline_decay) * mean;
  }
}
