// sample_symbol: one response position of every sequence: draws a symbol from softmax(logits / temperature), or writes the
// symbol that the task forces, or nothing after the end. Keeps the log-probability of what was drawn.
// Inverse transform: the first symbol whose cumulative weight exceeds u · Σ; u is a pure function of
// (seed, step, sequence, position).
// Shapes  logits [logit_row, logit_column]   tokens [sequence, context]   recorded [sequence, position_stride, 4]
// Launch  one invocation per sequence
// Slots   next_symbol
// Uses    launch, random, rows, history, author
// Twin    sample_symbol.ref.ts

override sequence: u32;
override context: u32;
override vocab: u32;
override logit_row: u32;    // rows of one replica in logits
override logit_column: u32; // vocab, the value column if any, and padding
override mask_word: u32;    // ⌈position / 32⌉
override position_stride: u32; // position rounded up to a multiple of 4

struct At {
  t: u32,
  purpose: u32, // of the random number, in lib/random; 0 takes the likeliest symbol
}

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<uniform> at: At;
@group(0) @binding(2) var<storage, read> clock: array<vec2u>; // [replica, 2] seed, step
@group(0) @binding(3) var<storage, read> logits: array<f32>; // [replica, logit_row, logit_column]
@group(0) @binding(4) var<storage, read_write> tokens: array<u32>; // inout [replica, sequence, context]
@group(0) @binding(5) var<storage, read_write> token_mask: array<u32>; // inout [replica, sequence, mask_word]
@group(0) @binding(6) var<storage, read_write> length: array<u32>; // inout [replica, sequence]
@group(0) @binding(7) var<storage, read_write> recorded: array<vec4f>; // out [replica, sequence, position_stride, 4] sampler_logp, old_logp, ref_logp, author
@group(0) @binding(8) var<storage, read_write> values: array<f32>; // out [replica, sequence, position_stride]

@compute @workgroup_size(threads)
fn sample_symbol(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&length)) {
    return;
  }
  let replica = i / sequence;
  let s = i % sequence;
  hyper = hypers[replica];
  history_base = i * context;
  let word = i * mask_word + at.t / 32u;
  if (at.t % 32u == 0u) {
    token_mask[word] = 0u;
  }
  if (at.t == 0u) {
    length[i] = 0u;
  }
  // a response that ended earlier stays ended: its length is behind
  var next = Next(next_stop, 0u);
  if (length[i] == at.t) {
    next = next_symbol(at.t);
  }
  if (next.kind == next_stop) {
    tokens[history_base + prompt_position + at.t] = 0u;
    recorded[i * position_stride + at.t] = vec4f();
    values[i * position_stride + at.t] = 0.0;
    return;
  }
  let row = (replica * logit_row + logit_row_of(s, at.t)) * logit_column;
  // a policy is judged at its own temperature
  let inverse_temperature = select(1.0 / hyper.temperature, 1.0, at.purpose == purpose_evaluation);
  var largest = logits[row];
  var best = 0u;
  for (var v = 1u; v < vocab; v++) {
    if (logits[row + v] > largest) {
      largest = logits[row + v];
      best = v;
    }
  }
  var sum = 0.0;
  for (var v = 0u; v < vocab; v++) {
    sum += exp((logits[row + v] - largest) * inverse_temperature);
  }
  var symbol = best;
  if (next.kind == next_force) {
    symbol = next.symbol;
  } else if (at.purpose != 0u) {
    let target_weight = random_uniform(clock[replica].x, clock[replica].y, at.purpose, s, at.t) * sum;
    var weight = 0.0;
    symbol = vocab - 1u;
    for (var v = 0u; v < vocab; v++) {
      weight += exp((logits[row + v] - largest) * inverse_temperature);
      if (weight > target_weight) {
        symbol = v;
        break;
      }
    }
  }
  let logp = (logits[row + symbol] - largest) * inverse_temperature - log(sum);
  tokens[history_base + prompt_position + at.t] = symbol;
  length[i] = at.t + 1u;
  if (next.kind == next_sample) {
    token_mask[word] = token_mask[word] | (1u << (at.t % 32u));
  }
  // without a value head the column after the vocabulary is padding, and the value is not read
  recorded[i * position_stride + at.t] = vec4f(logp, logp, 0.0, author_policy);
  values[i * position_stride + at.t] = logits[row + min(vocab, logit_column - 1u)];
}
