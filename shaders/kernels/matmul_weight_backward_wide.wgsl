// matmul_weight_backward_wide: d_W = Xᵀ d_Y, one partial sum per split of the rows; undoes y = x W with respect to W.
// The same sum as matmul_weight_backward in larger blocks: CPU drivers pay for every load, and have no registers to run out of.
// The splits give a GPU enough invocations; gradient_sum adds them in order.
// Shapes  x [row, input]   d_y [row, output]   d_params [split, param]
// Launch  one invocation per split and block of 16 inputs × 8 outputs, in registers
// Uses    launch, matmul
// Twin    matmul_weight_backward_wide.ref.ts

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
fn matmul_weight_backward_wide(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row_blocks = input / 16u;
  let column_blocks = output / 8u;
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
  let i0 = (block / column_blocks) % row_blocks * 16u;
  let o0 = block % column_blocks * 8u;
  var p = (replica * at.x_stride + at.x + begin * input + i0) / 4u;
  var q = (replica * at.y_stride + begin * output + o0) / 4u;
  var a0 = vec4f(); var b0 = vec4f();
  var a1 = vec4f(); var b1 = vec4f();
  var a2 = vec4f(); var b2 = vec4f();
  var a3 = vec4f(); var b3 = vec4f();
  var a4 = vec4f(); var b4 = vec4f();
  var a5 = vec4f(); var b5 = vec4f();
  var a6 = vec4f(); var b6 = vec4f();
  var a7 = vec4f(); var b7 = vec4f();
  var a8 = vec4f(); var b8 = vec4f();
  var a9 = vec4f(); var b9 = vec4f();
  var a10 = vec4f(); var b10 = vec4f();
  var a11 = vec4f(); var b11 = vec4f();
  var a12 = vec4f(); var b12 = vec4f();
  var a13 = vec4f(); var b13 = vec4f();
  var a14 = vec4f(); var b14 = vec4f();
  var a15 = vec4f(); var b15 = vec4f();
  for (var k = begin; k < end; k++) {
    let u0 = x[p]; let u1 = x[p + 1u]; let u2 = x[p + 2u]; let u3 = x[p + 3u];
    let y = d_y[q]; let z = d_y[q + 1u];
    a0 = fma(vec4f(u0.x), y, a0); b0 = fma(vec4f(u0.x), z, b0);
    a1 = fma(vec4f(u0.y), y, a1); b1 = fma(vec4f(u0.y), z, b1);
    a2 = fma(vec4f(u0.z), y, a2); b2 = fma(vec4f(u0.z), z, b2);
    a3 = fma(vec4f(u0.w), y, a3); b3 = fma(vec4f(u0.w), z, b3);
    a4 = fma(vec4f(u1.x), y, a4); b4 = fma(vec4f(u1.x), z, b4);
    a5 = fma(vec4f(u1.y), y, a5); b5 = fma(vec4f(u1.y), z, b5);
    a6 = fma(vec4f(u1.z), y, a6); b6 = fma(vec4f(u1.z), z, b6);
    a7 = fma(vec4f(u1.w), y, a7); b7 = fma(vec4f(u1.w), z, b7);
    a8 = fma(vec4f(u2.x), y, a8); b8 = fma(vec4f(u2.x), z, b8);
    a9 = fma(vec4f(u2.y), y, a9); b9 = fma(vec4f(u2.y), z, b9);
    a10 = fma(vec4f(u2.z), y, a10); b10 = fma(vec4f(u2.z), z, b10);
    a11 = fma(vec4f(u2.w), y, a11); b11 = fma(vec4f(u2.w), z, b11);
    a12 = fma(vec4f(u3.x), y, a12); b12 = fma(vec4f(u3.x), z, b12);
    a13 = fma(vec4f(u3.y), y, a13); b13 = fma(vec4f(u3.y), z, b13);
    a14 = fma(vec4f(u3.z), y, a14); b14 = fma(vec4f(u3.z), z, b14);
    a15 = fma(vec4f(u3.w), y, a15); b15 = fma(vec4f(u3.w), z, b15);
    p += input / 4u; q += output / 4u;
  }
  var o = (slab * param_stride + at.weight + i0 * output + o0) / 4u;
  d_params[o] = a0; d_params[o + 1u] = b0; o += output / 4u;
  d_params[o] = a1; d_params[o + 1u] = b1; o += output / 4u;
  d_params[o] = a2; d_params[o + 1u] = b2; o += output / 4u;
  d_params[o] = a3; d_params[o + 1u] = b3; o += output / 4u;
  d_params[o] = a4; d_params[o + 1u] = b4; o += output / 4u;
  d_params[o] = a5; d_params[o + 1u] = b5; o += output / 4u;
  d_params[o] = a6; d_params[o + 1u] = b6; o += output / 4u;
  d_params[o] = a7; d_params[o + 1u] = b7; o += output / 4u;
  d_params[o] = a8; d_params[o + 1u] = b8; o += output / 4u;
  d_params[o] = a9; d_params[o + 1u] = b9; o += output / 4u;
  d_params[o] = a10; d_params[o + 1u] = b10; o += output / 4u;
  d_params[o] = a11; d_params[o + 1u] = b11; o += output / 4u;
  d_params[o] = a12; d_params[o + 1u] = b12; o += output / 4u;
  d_params[o] = a13; d_params[o + 1u] = b13; o += output / 4u;
  d_params[o] = a14; d_params[o + 1u] = b14; o += output / 4u;
  d_params[o] = a15; d_params[o + 1u] = b15;
}
