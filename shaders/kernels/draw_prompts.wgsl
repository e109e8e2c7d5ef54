// draw_prompts: chooses a prompt for every group and writes its symbols in front of every member's response.
// Shapes  prompt_table [prompt_count, prompt_position]   prompt_index [prompt]   tokens [sequence, context]
// Launch  one invocation per sequence
// Slots   choose_prompt
// Uses    launch, random, rows
// Twin    draw_prompts.ref.ts

override sequence: u32;
override context: u32;
override prompt_count: u32; // rows of the table

struct At {
  is_common: u32, // 1: all replicas are asked what replica 0 is asked
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(2) var<storage, read> clock: array<vec2u>; // [replica, 2] seed, step
@group(0) @binding(3) var<storage, read> prompt_table: array<u32>; // [prompt_count, prompt_position]
@group(0) @binding(4) var<storage, read_write> prompt_index: array<u32>; // out [replica, prompt]
@group(0) @binding(5) var<storage, read_write> tokens: array<u32>; // inout [replica, sequence, context]

@compute @workgroup_size(threads)
fn draw_prompts(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let replica = i / sequence;
  if (replica >= arrayLength(&clock)) {
    return;
  }
  let asked = select(replica, 0u, at.is_common == 1u);
  hyper = hypers[asked];
  let s = i % sequence;
  let b = s / member;
  let index = choose_prompt(b, clock[asked].x, clock[replica].y);
  if (s % member == 0u) {
    prompt_index[replica * prompt + b] = index;
  }
  for (var j = 0u; j < prompt_position; j++) {
    tokens[i * context + j] = prompt_table[index * prompt_position + j];
  }
}
