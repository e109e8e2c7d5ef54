// flow_residual: by how much each response of a minibatch misses the balance of its flow, as its signal:
//   δ = log Z(x) + mean log π_θ − β r̂ − mean log π_ref
// Means are over the response's own tokens, r̂ is its advantage. The column after the vocabulary of the row that predicts
// the first symbol is log Z, shared by the group; its mean goes into the metrics.
// Paper   arXiv 2509.15207, trajectory balance with length-normalised log-probabilities
//         β -> hyper.flow_beta
// Shapes  now [sequence, position_stride, 4]   logits [logit_row, logit_column]   sequence_stat [sequence, 8]
// Launch  one workgroup per replica
// Uses    reduce, rows
// Twin    flow_residual.ref.ts

override sequence: u32;
override total_sequence: u32;
override position_stride: u32;
override advantage_stride: u32;
override vocab: u32;
override logit_row: u32;
override logit_column: u32;
override metric: u32;

struct At {
  column: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(2) var<storage, read> now: array<vec4f>; // [replica, sequence, position_stride, 4] logp, entropy, value, mark
@group(0) @binding(3) var<storage, read> recorded: array<vec4f>; // [replica, total_sequence, position_stride, 4] sampler_logp, old_logp, ref_logp, author
@group(0) @binding(4) var<storage, read> advantage: array<f32>; // [replica, total_sequence, advantage_stride]
@group(0) @binding(5) var<storage, read> logits: array<f32>; // [replica, logit_row, logit_column]
@group(0) @binding(6) var<storage, read_write> sequence_stat: array<array<vec4f, 2>>; // inout [replica, sequence, 8] log-ratio sum, tokens, sequence in the rollout, is a demonstration; sampler log-ratio sum, signal, 0, 0
@group(0) @binding(7) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn flow_residual(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  let beta = hypers[replica].flow_beta;
  var log_z_sum = 0.0;
  for (var s = local.x; s < sequence; s += row_threads) {
    let i = replica * sequence + s;
    let source = replica * total_sequence + u32(sequence_stat[i][0].z);
    var sums = vec4f(); // log π_θ, advantage, log π_ref, tokens
    for (var t = 0u; t < position_stride; t++) {
      let token = now[i * position_stride + t];
      if (token.w != 0.0) {
        let a = advantage[source * advantage_stride + select(0u, t, advantage_stride > 1u)];
        sums += vec4f(token.x, a, recorded[source * position_stride + t].z, 1.0);
      }
    }
    let mean = sums.xyz / max(sums.w, 1.0);
    let log_z = logits[(replica * logit_row + logit_row_of(s, 0u)) * logit_column + vocab];
    log_z_sum += log_z;
    sequence_stat[i][1].y = log_z + mean.x - beta * mean.y - mean.z;
  }
  log_z_sum = row_sum(log_z_sum, local.x);
  if (local.x == 0u) {
    metrics[replica * metric + at.column] = log_z_sum / f32(sequence);
  }
}
