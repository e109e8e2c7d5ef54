// on_policy_advantage: how much better a response was than the policy's own responses to its prompt: mean and spread leave
// demonstrations out. Without spread the standard deviation counts as 1, and a lone response of the policy is no baseline.
// A response without a token of its own cannot carry a reward: it scores 0.
// Paper   arXiv 2504.14945, the split advantage of its public code
// Shapes  rewards [sequence]   recorded [sequence, position_stride, 4]   advantage [sequence]
// Launch  one invocation per group
// Slots   group_advantage_of
// Uses    launch, author, score
// Twin    on_policy_advantage.ref.ts

override sequence: u32;
override group: u32;       // groups per replica
override group_end: u32;   // group + 1
override mask_word: u32;
override position_stride: u32;

struct Group {
  mean: f32,
  std_dev: f32,      // with n − 1 below, or n where hyper.std_is_population
  count: f32,
}

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> rewards: array<f32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(3) var<storage, read> group_start: array<u32>; // [replica, group_end]
@group(0) @binding(4) var<storage, read> group_member: array<u32>; // [replica, sequence]
@group(0) @binding(5) var<storage, read> recorded: array<vec4f>; // [replica, sequence, position_stride, 4] sampler_logp, old_logp, ref_logp, author
@group(0) @binding(6) var<storage, read_write> advantage: array<f32>; // out [replica, sequence]

@compute @workgroup_size(threads)
fn on_policy_advantage(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let replica = i / group;
  if (replica >= arrayLength(&hypers)) {
    return;
  }
  hyper = hypers[replica];
  let base = replica * sequence;
  let begin = group_start[replica * group_end + i % group];
  let end = group_start[replica * group_end + i % group + 1u];
  // measured from the first score: equal scores then have exactly their own mean, whatever it rounds to
  let first = score_of(base + group_member[base + begin]);
  var count = 0.0;
  var sum = 0.0;
  for (var k = begin; k < end; k++) {
    let s = base + group_member[base + k];
    if (recorded[s * position_stride].w == author_policy) {
      sum += score_of(s) - first;
      count += 1.0;
    }
  }
  let mean = first + sum / max(count, 1.0);
  var squares = 0.0;
  for (var k = begin; k < end; k++) {
    let s = base + group_member[base + k];
    if (recorded[s * position_stride].w == author_policy) {
      squares += (score_of(s) - mean) * (score_of(s) - mean);
    }
  }
  let std_dev = sqrt(squares / max(count - 1.0 + hyper.std_is_population, 1.0));
  var g = Group(mean, select(1.0, std_dev, std_dev > 0.0), count);
  if (count <= 1.0) {
    g = Group(0.0, 1.0, count);
  }
  for (var k = begin; k < end; k++) {
    let s = base + group_member[base + k];
    advantage[s] = group_advantage_of(score_of(s), g);
  }
}
