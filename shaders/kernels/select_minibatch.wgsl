// select_minibatch: the sequences of one minibatch. A minibatch takes whole groups in the order of the epoch; where there
// are more minibatches than groups, each takes a share of one group's members. `kept_group` says where the groups that
// are trained on lie in the rollout.
// Shapes  prompt_order, kept_group [prompt]   sequence_index [mb_sequence]
// Launch  one invocation per sequence of the minibatch
// Uses    launch
// Twin    select_minibatch.ref.ts

override prompt: u32;
override member: u32;
override mb_prompt: u32;  // groups per minibatch
override mb_member: u32;  // members per group in a minibatch
override mb_sequence: u32;

struct At {
  minibatch: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> prompt_order: array<u32>; // [replica, prompt]
@group(0) @binding(2) var<storage, read> kept_group: array<u32>; // [replica, prompt]
@group(0) @binding(3) var<storage, read_write> sequence_index: array<u32>; // out [replica, mb_sequence]

@compute @workgroup_size(threads)
fn select_minibatch(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&sequence_index)) {
    return;
  }
  let replica = i / mb_sequence;
  let local = i % mb_sequence;
  let shares = member / mb_member; // minibatches that divide one group among them
  let place = at.minibatch / shares * mb_prompt + local / mb_member;
  let first_member = at.minibatch % shares * mb_member;
  let kept = kept_group[replica * prompt + prompt_order[replica * prompt + place]];
  sequence_index[i] = kept * member + first_member + local % mb_member;
}
