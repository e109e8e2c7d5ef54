// keep_correct: rejection sampling. Empties the mask of every response that is wrong, that repeats an earlier right one
// of its group symbol by symbol, or that comes after hyper.max_kept others were kept (0: no such limit).
// Groups are lists (group_start, group_member), so they may be uneven or interleaved.
// Paper   arXiv 2308.01825 (rejection sampling with distinct answers)
// Shapes  verdicts, length [sequence]   tokens [sequence, context]   token_mask [sequence, mask_word]
// Launch  one invocation per group
// Uses    launch
// Twin    keep_correct.ref.ts

override sequence: u32;
override group: u32;     // groups per replica
override group_end: u32; // group + 1
override context: u32;
override prompt_position: u32;
override mask_word: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> verdicts: array<f32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read> tokens: array<u32>; // [replica, sequence, context]
@group(0) @binding(3) var<storage, read> length: array<u32>; // [replica, sequence]
@group(0) @binding(4) var<storage, read> group_start: array<u32>; // [replica, group_end]
@group(0) @binding(5) var<storage, read> group_member: array<u32>; // [replica, sequence]
@group(0) @binding(6) var<storage, read_write> token_mask: array<u32>; // inout [replica, sequence, mask_word]

fn is_same(x: u32, y: u32) -> bool {
  var same = length[x] == length[y];
  for (var t = 0u; same && t < length[x]; t++) {
    same = tokens[x * context + prompt_position + t] == tokens[y * context + prompt_position + t];
  }
  return same;
}

@compute @workgroup_size(threads)
fn keep_correct(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let replica = i / group;
  if (replica >= arrayLength(&hypers)) {
    return;
  }
  hyper = hypers[replica];
  let base = replica * sequence;
  let begin = base + group_start[replica * group_end + i % group];
  let end = base + group_start[replica * group_end + i % group + 1u];
  var kept = 0.0;
  for (var k = begin; k < end; k++) {
    let s = base + group_member[k];
    var is_kept = verdicts[s] == 1.0 && (hyper.max_kept == 0.0 || kept < hyper.max_kept);
    for (var j = begin; is_kept && j < k; j++) {
      let other = base + group_member[j];
      is_kept = verdicts[other] == 0.0 || !is_same(s, other);
    }
    kept += f32(is_kept);
    for (var w = 0u; !is_kept && w < mask_word; w++) {
      token_mask[s * mask_word + w] = 0u;
    }
  }
}
