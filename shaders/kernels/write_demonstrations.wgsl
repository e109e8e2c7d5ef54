// write_demonstrations: puts a demonstration of its prompt in place of a response whose author is the task's solver, and
// empties the mask of a response that has no author; the policy's own responses stay. Which variant is a pure function
// of (seed, step, sequence). Forced symbols keep mask 0, as in a rollout.
// Shapes  demonstration_table [prompt_count, variant, position + 1], the last entry is the length
// Launch  one invocation per sequence
// Slots   next_symbol
// Uses    launch, random, rows, history, author
// Twin    write_demonstrations.ref.ts

override sequence: u32;
override context: u32;
override prompt_count: u32;
override variant: u32;
override table_row: u32; // position + 1
override mask_word: u32;
override position_stride: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> clock: array<vec2u>; // [replica, 2] seed, step
@group(0) @binding(2) var<storage, read> demonstration_table: array<u32>; // [prompt_count, variant, table_row]
@group(0) @binding(3) var<storage, read> prompt_index: array<u32>; // [replica, prompt]
@group(0) @binding(4) var<storage, read_write> tokens: array<u32>; // inout [replica, sequence, context]
@group(0) @binding(5) var<storage, read_write> token_mask: array<u32>; // inout [replica, sequence, mask_word]
@group(0) @binding(6) var<storage, read_write> length: array<u32>; // inout [replica, sequence]
@group(0) @binding(7) var<storage, read_write> recorded: array<vec4f>; // inout [replica, sequence, position_stride, 4] sampler_logp, old_logp, ref_logp, author

@compute @workgroup_size(threads)
fn write_demonstrations(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let replica = i / sequence;
  if (replica >= arrayLength(&clock)) {
    return;
  }
  let author = recorded[i * position_stride].w;
  if (author == author_policy) {
    return;
  }
  for (var w = 0u; w < mask_word; w++) {
    token_mask[i * mask_word + w] = 0u;
  }
  if (author == author_nobody) {
    return;
  }
  let s = i % sequence;
  hyper = hypers[replica];
  history_base = i * context;
  let pick = random_bits(clock[replica].x, clock[replica].y, purpose_demonstration, s, 0u) % variant;
  let source = (prompt_index[replica * prompt + s / member] * variant + pick) * table_row;
  let symbols = demonstration_table[source + position];
  for (var t = 0u; t < position; t++) {
    tokens[history_base + prompt_position + t] = select(0u, demonstration_table[source + t], t < symbols);
    recorded[i * position_stride + t] = vec4f(0.0, 0.0, 0.0, author_demonstration);
  }
  for (var t = 0u; t < symbols; t++) {
    if (next_symbol(t).kind == next_sample) {
      let word = i * mask_word + t / 32u;
      token_mask[word] = token_mask[word] | (1u << (t % 32u));
    }
  }
  length[i] = symbols;
}
