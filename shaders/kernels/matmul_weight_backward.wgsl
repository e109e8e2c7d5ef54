// matmul_weight_backward: d_W = Xᵀ d_Y, one partial sum per split of the rows; undoes y = x W with respect to W.
// The splits give a GPU enough invocations; gradient_sum adds them in order.
// Shapes  x [row, input]   d_y [row, output]   d_params [split, param]
// Launch  one invocation per split and block of 8 inputs × 4 outputs, in registers
// Uses    launch, matmul
// Twin    matmul_weight_backward.ref.ts

override split: u32;

struct At {
  weight: u32,   // offset of W in the parameters
  x: u32,        // offset of row 0 in x
  count: u32,    // rows
  x_stride: u32, // values of one replica in x
  y_stride: u32, // values of one replica in d_y
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [replica, x_stride]
@group(0) @binding(2) var<storage, read> d_y: array<vec4f>; // [replica, y_stride]
@group(0) @binding(3) var<storage, read_write> d_params: array<vec4f>; // out [replica, split, param_stride]

@compute @workgroup_size(threads)
fn matmul_weight_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row_blocks = input / 8u;
  let column_blocks = output / 4u;
  let block = invocation_index(id, groups);
  let slab = block / (row_blocks * column_blocks); // replica · split + part
  if (slab >= arrayLength(&d_params) * 4u / param_stride) {
    return;
  }
  let replica = slab / split;
  let part = slab % split;
  let rows = (at.count + split - 1u) / split;
  let begin = min(part * rows, at.count);
  let end = min(begin + rows, at.count);
  let i0 = (block / column_blocks) % row_blocks * 8u;
  let o0 = block % column_blocks * 4u;
  var p = (replica * at.x_stride + at.x + begin * input + i0) / 4u;
  var q = (replica * at.y_stride + begin * output + o0) / 4u;
  var a0 = vec4f();
  var a1 = vec4f();
  var a2 = vec4f();
  var a3 = vec4f();
  var a4 = vec4f();
  var a5 = vec4f();
  var a6 = vec4f();
  var a7 = vec4f();
  for (var k = begin; k < end; k++) {
    let u0 = x[p]; let u1 = x[p + 1u];
    let y = d_y[q];
    a0 = fma(vec4f(u0.x), y, a0);
    a1 = fma(vec4f(u0.y), y, a1);
    a2 = fma(vec4f(u0.z), y, a2);
    a3 = fma(vec4f(u0.w), y, a3);
    a4 = fma(vec4f(u1.x), y, a4);
    a5 = fma(vec4f(u1.y), y, a5);
    a6 = fma(vec4f(u1.z), y, a6);
    a7 = fma(vec4f(u1.w), y, a7);
    p += input / 4u; q += output / 4u;
  }
  var o = (slab * param_stride + at.weight + i0 * output + o0) / 4u;
  d_params[o] = a0; o += output / 4u;
  d_params[o] = a1; o += output / 4u;
  d_params[o] = a2; o += output / 4u;
  d_params[o] = a3; o += output / 4u;
  d_params[o] = a4; o += output / 4u;
  d_params[o] = a5; o += output / 4u;
  d_params[o] = a6; o += output / 4u;
  d_params[o] = a7;
}
