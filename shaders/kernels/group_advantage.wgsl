// group_advantage: how much better a response was than the other responses to its prompt.
// A response without a token of its own cannot carry a reward: it scores 0, as in verl.
// Groups are lists (group_start, group_member), so they may be uneven or interleaved.
// Shapes  rewards [sequence]   advantage [sequence]
// Launch  one invocation per group
// Slots   group_advantage_of
// Uses    launch, score
// Twin    group_advantage.ref.ts

override sequence: u32;
override group: u32;       // groups per replica
override group_end: u32;   // group + 1
override mask_word: u32;

struct Group {
  mean: f32,
  std_dev: f32,      // with n − 1 below, or n where hyper.std_is_population; 1 in a group of one
  count: f32,
}

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> rewards: array<f32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read> token_mask: array<u32>; // [replica, sequence, mask_word]
@group(0) @binding(3) var<storage, read> group_start: array<u32>; // [replica, group_end]
@group(0) @binding(4) var<storage, read> group_member: array<u32>; // [replica, sequence]
@group(0) @binding(5) var<storage, read_write> advantage: array<f32>; // out [replica, sequence]

@compute @workgroup_size(threads)
fn group_advantage(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let replica = i / group;
  if (replica >= arrayLength(&hypers)) {
    return;
  }
  hyper = hypers[replica];
  let base = replica * sequence;
  let begin = group_start[replica * group_end + i % group];
  let end = group_start[replica * group_end + i % group + 1u];
  let count = f32(end - begin);
  // measured from the first score: equal scores then have exactly their own mean, whatever it rounds to, and divided by
  // no spread the difference would be a large number instead of 0
  let first = score_of(base + group_member[base + begin]);
  var mean = 0.0;
  for (var k = begin; k < end; k++) {
    mean += score_of(base + group_member[base + k]) - first;
  }
  mean = first + mean / max(count, 1.0);
  var squares = 0.0;
  for (var k = begin; k < end; k++) {
    let away = score_of(base + group_member[base + k]) - mean;
    squares += away * away;
  }
  var g = Group(mean, sqrt(squares / max(count - 1.0 + hyper.std_is_population, 1.0)), count);
  if (end - begin == 1u) {
    g = Group(0.0, 1.0, 1.0); // no baseline in a group of one: the raw reward
  }
  for (var k = begin; k < end; k++) {
    let s = base + group_member[base + k];
    advantage[s] = group_advantage_of(score_of(s), g);
  }
}
