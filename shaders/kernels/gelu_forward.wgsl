// gelu_forward: h = gelu(u) for a range of rows.
// Paper   arXiv 1606.08415 Sec. 2, tanh form
// Shapes  u, h [row, hidden]
// Launch  one invocation per row and four values
// Uses    launch, gelu
// Twin    gelu_forward.ref.ts

override count: u32; // rows in the range
override hidden: u32;
override hidden_stride: u32; // values of one replica in u and h

struct At {
  offset: u32, // of row 0
  first: u32,
  row_step: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> u: array<vec4f>; // [replica, hidden_stride]
@group(0) @binding(2) var<storage, read_write> h: array<vec4f>; // out [replica, hidden_stride]

@compute @workgroup_size(threads)
fn gelu_forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = hidden / 4u;
  let i = invocation_index(id, groups);
  let replica = i / (count * chunks);
  if (replica >= arrayLength(&u) * 4u / hidden_stride) {
    return;
  }
  let r = at.first + (i / chunks) % count * at.row_step;
  let o = (replica * hidden_stride + at.offset) / 4u + r * chunks + i % chunks;
  h[o] = u[o] * gelu_gate(u[o]);
}
