// shuffle_prompts: the order in which an epoch visits the groups: ranks of random numbers, ties by index.
// Shapes  prompt_order [prompt]
// Launch  one invocation per prompt
// Uses    launch, random
// Twin    shuffle_prompts.ref.ts

override prompt: u32;

struct At {
  epoch: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> clock: array<vec2u>; // [replica, 2] seed, step
@group(0) @binding(2) var<storage, read_write> prompt_order: array<u32>; // out [replica, prompt]

@compute @workgroup_size(threads)
fn shuffle_prompts(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let replica = i / prompt;
  if (replica >= arrayLength(&clock)) {
    return;
  }
  let b = i % prompt;
  let now = clock[replica];
  let mine = random_bits(now.x, now.y, purpose_shuffle, at.epoch, b);
  var rank = 0u;
  for (var other = 0u; other < prompt; other++) {
    let bits = random_bits(now.x, now.y, purpose_shuffle, at.epoch, other);
    rank += u32(bits < mine || (bits == mine && other < b));
  }
  prompt_order[replica * prompt + rank] = b;
}
