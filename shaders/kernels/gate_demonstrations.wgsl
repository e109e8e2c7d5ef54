// gate_demonstrations: decides for every group whether its responses are trained on, or a demonstration in their place:
// with at most hyper.gate right responses the first member becomes a demonstration and the others nobody's.
// Paper   arXiv 2509.04419, Hybrid Post-Training
// Shapes  verdicts [sequence]   recorded [sequence, position_stride, 4], the fourth number of a response's first position
// Launch  one workgroup per replica
// Uses    reduce, author
// Twin    gate_demonstrations.ref.ts

override prompt: u32;
override member: u32;
override sequence: u32;
override position_stride: u32;
override metric: u32;

struct At {
  column: u32, // share of the groups with a demonstration
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(2) var<storage, read> verdicts: array<f32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read_write> recorded: array<vec4f>; // inout [replica, sequence, position_stride, 4] sampler_logp, old_logp, ref_logp, author
@group(0) @binding(4) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn gate_demonstrations(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  let gate = hypers[replica].gate;
  var gated = 0.0;
  for (var g = local.x; g < prompt; g += row_threads) {
    let first = replica * sequence + g * member;
    var right = 0.0;
    for (var s = first; s < first + member; s++) {
      right += verdicts[s];
    }
    let is_gated = right <= gate;
    gated += f32(is_gated);
    for (var s = first; s < first + member; s++) {
      let instead = select(author_nobody, author_demonstration, s == first);
      recorded[s * position_stride].w = select(author_policy, instead, is_gated);
    }
  }
  gated = row_sum(gated, local.x);
  if (local.x == 0u) {
    metrics[replica * metric + at.column] = gated / f32(prompt);
  }
}
