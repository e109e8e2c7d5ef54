// group_success: the share of right responses in each response's group, within [0.02, 0.98], as its signal: the success rate
// of the prompt under the policy that answered it. `rewards` are verdicts, 0 or 1; a response without a token of its own
// scores 0.
// Paper   arXiv 2505.18116, implicit negative policy
// Shapes  rewards [total_sequence]   sequence_stat [sequence, 8]
// Launch  one invocation per sequence
// Uses    launch, score
// Twin    group_success.ref.ts

override sequence: u32;
override total_sequence: u32;
override total_member: u32; // members of a group in the rollout
override mask_word: u32;

@group(0) @binding(0) var<storage, read> rewards: array<f32>; // [replica, total_sequence]
@group(0) @binding(1) var<storage, read> token_mask: array<u32>; // [replica, total_sequence, mask_word]
@group(0) @binding(2) var<storage, read_write> sequence_stat: array<array<vec4f, 2>>; // inout [replica, sequence, 8] log-ratio sum, tokens, sequence in the rollout, is a demonstration; sampler log-ratio sum, signal, 0, 0

@compute @workgroup_size(threads)
fn group_success(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&sequence_stat)) {
    return;
  }
  let group = u32(sequence_stat[i][0].z) / total_member;
  let first = i / sequence * total_sequence + group * total_member;
  var sum = 0.0;
  for (var s = first; s < first + total_member; s++) {
    sum += score_of(s);
  }
  sequence_stat[i][1].y = clamp(sum / f32(total_member), 0.02, 0.98);
}
