// gelu_backward: d_u = d_h · gelu'(u), in place. With g = σ(z), z = gelu_scale (u + 0.044715 u³):
//   gelu'(u) = g + u g (1 − g) z'
// Paper   arXiv 1606.08415 Sec. 2, tanh form
// Shapes  u [layer, row, hidden]   d_h [row, hidden]
// Launch  one invocation per four values
// Uses    launch, gelu
// Twin    gelu_backward.ref.ts

override row: u32;
override hidden: u32;
override hidden_stride: u32; // values of one replica in u

struct At {
  offset: u32, // of row 0 in u
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> u: array<vec4f>; // [replica, hidden_stride]
@group(0) @binding(2) var<storage, read_write> d_h: array<vec4f>; // inout [replica, row, hidden]

@compute @workgroup_size(threads)
fn gelu_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let values = row * hidden / 4u;
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&d_h)) {
    return;
  }
  let replica = i / values;
  let x = u[(replica * hidden_stride + at.offset) / 4u + i % values];
  let gate = gelu_gate(x);
  d_h[i] = d_h[i] * (gate + x * gate * (1.0 - gate) * gelu_scale * (1.0 + 3.0 * gelu_cubic * x * x));
}
