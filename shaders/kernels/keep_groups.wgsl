// keep_groups: dynamic sampling. Of the drawn groups those are trained on whose accuracy the slot accepts, the first of
// them in the order of drawing. Where they are too few, others fill the places. Whoever is not kept, or came too late,
// loses its mask and with it every influence on the update.
// Paper   arXiv 2503.14476 Sec. 3.2
// Shapes  verdicts [sequence]   group_verdict [prompt, 2]: accuracy, is kept   kept_group [kept_prompt]
// Launch  one workgroup per replica
// Slots   keep_group
// Uses    reduce
// Twin    keep_groups.ref.ts

override prompt: u32;      // groups drawn
override kept_prompt: u32; // groups trained on
override member: u32;
override sequence: u32;
override mask_word: u32;
override metric: u32;

struct At {
  column: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(2) var<storage, read> verdicts: array<f32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read_write> group_verdict: array<vec2f>; // out [replica, prompt, 2]
@group(0) @binding(4) var<storage, read_write> kept_group: array<u32>; // out [replica, kept_prompt]
@group(0) @binding(5) var<storage, read_write> token_mask: array<u32>; // inout [replica, sequence, mask_word]
@group(0) @binding(6) var<storage, read_write> metrics: array<f32>; // inout [replica, metric]

@compute @workgroup_size(64)
fn keep_groups(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let replica = workgroup.x;
  hyper = hypers[replica];
  var kept = 0.0;
  for (var g = local.x; g < prompt; g += row_threads) {
    var solved = 0.0;
    for (var m = 0u; m < member; m++) {
      solved += verdicts[replica * sequence + g * member + m];
    }
    let accuracy = solved / f32(member);
    let is_kept = f32(keep_group(accuracy, member));
    group_verdict[replica * prompt + g] = vec2f(accuracy, is_kept);
    kept += is_kept;
  }
  kept = row_sum(kept, local.x);
  storageBarrier();
  for (var g = local.x; g < prompt; g += row_threads) {
    let is_kept = group_verdict[replica * prompt + g].y;
    // groups with the same verdict that were drawn before
    var rank = 0u;
    for (var other = 0u; other < g; other++) {
      rank += u32(group_verdict[replica * prompt + other].y == is_kept);
    }
    let place = rank + select(u32(kept), 0u, is_kept == 1.0);
    if (place < kept_prompt) {
      kept_group[replica * kept_prompt + place] = g;
    }
    if (is_kept == 0.0 || place >= kept_prompt) {
      let first = (replica * sequence + g * member) * mask_word;
      for (var w = first; w < first + member * mask_word; w++) {
        token_mask[w] = 0u;
      }
    }
  }
  if (local.x == 0u) {
    metrics[replica * metric + at.column] = kept / f32(prompt);
  }
}
