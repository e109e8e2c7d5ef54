// mask_information: leaves what the policy wrote in the place of retrieved text out of the loss: from an opening
// information symbol to the first closing one behind it, both included, the mask is cleared. A block that is never closed
// masks nothing.
// Paper   arXiv 2508.10874 (information token masking)
// Shapes  tokens [sequence, context]   length [sequence]   token_mask [sequence, mask_word]
// Launch  one invocation per sequence
// Uses    launch
// Twin    mask_information.ref.ts

override sequence: u32;
override context: u32;
override prompt_position: u32;
override mask_word: u32;
override open_information: u32;
override close_information: u32;

@group(0) @binding(0) var<storage, read> tokens: array<u32>; // [replica, sequence, context]
@group(0) @binding(1) var<storage, read> length: array<u32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read_write> token_mask: array<u32>; // inout [replica, sequence, mask_word]

@compute @workgroup_size(threads)
fn mask_information(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&length)) {
    return;
  }
  var opened = 0u;
  var is_open = false;
  for (var t = 0u; t < length[i]; t++) {
    let symbol = tokens[i * context + prompt_position + t];
    if (!is_open && symbol == open_information) {
      is_open = true;
      opened = t;
    } else if (is_open && symbol == close_information) {
      is_open = false;
      for (var k = opened; k <= t; k++) {
        let word = i * mask_word + k / 32u;
        token_mask[word] = token_mask[word] & ~(1u << (k % 32u));
      }
    }
  }
}
