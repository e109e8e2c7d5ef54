// sample_metrics: pass@1, 2, 4 … 64, maj@n, different correct responses and mode coverage, means over prompts.
//   pass@k = 1 − Π_{j = n−c+1}^{n} (1 − k / j), unbiased from n samples of which c are correct; 1 where n − c < k
// A k above n has no estimate and holds 0.
// Paper   arXiv 2107.03374 Eq. 1
// Shapes  prompt_stat [prompt, 4]   metrics [metric]
// Launch  one workgroup per replica
// Uses    reduce
// Twin    sample_metrics.ref.ts

override prompt: u32;
override member: u32;      // samples per prompt
override num_correct: u32; // different correct responses that a prompt has; 0 where it is not known
override metric: u32;

struct At {
  column: u32, // the first of ten
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> prompt_stat: array<vec4f>; // [replica, prompt, 4] correct, majority is right, different correct responses, 0
@group(0) @binding(2) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

fn pass_at(k: u32, correct: u32) -> f32 {
  if (k > member) {
    return 0.0;
  }
  if (member - correct < k) {
    return 1.0;
  }
  var none = 1.0;
  for (var j = member - correct + 1u; j <= member; j++) {
    none *= 1.0 - f32(k) / f32(j);
  }
  return 1.0 - none;
}

@compute @workgroup_size(64)
fn sample_metrics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  var few = vec4f();  // pass@1, 2, 4, 8
  var many = vec4f(); // pass@16, 32, 64, majority
  var kinds = 0.0;    // different correct responses
  for (var b = local.x; b < prompt; b += row_threads) {
    let stat = prompt_stat[replica * prompt + b];
    let c = u32(stat.x);
    few += vec4f(pass_at(1u, c), pass_at(2u, c), pass_at(4u, c), pass_at(8u, c));
    many += vec4f(pass_at(16u, c), pass_at(32u, c), pass_at(64u, c), stat.y);
    kinds += stat.z;
  }
  few = row_sum4(few, local.x) / f32(prompt);
  many = row_sum4(many, local.x) / f32(prompt);
  kinds = row_sum(kinds, local.x) / f32(prompt);
  if (local.x == 0u) {
    let o = replica * metric + at.column;
    for (var k = 0u; k < 4u; k++) {
      metrics[o + k] = few[k];
      metrics[o + 4u + k] = many[k];
    }
    metrics[o + 8u] = kinds;
    metrics[o + 9u] = kinds / f32(max(num_correct, 1u));
  }
}
