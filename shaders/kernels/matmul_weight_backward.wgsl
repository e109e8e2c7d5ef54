// matmul_weight_backward: d_W = Xᵀ d_Y, one partial sum per split of the rows; undoes y = x W with respect to W.
// The splits give a GPU enough invocations; gradient_sum adds them in order.
// Shapes  x [row, input]   d_y [row, output]   d_params [split, param]
// Launch  one invocation per split and block of 8 inputs × 8 outputs, in registers
// Uses    launch
// Twin    matmul_weight_backward.ref.ts

override count: u32;        // rows
override input: u32;        // a multiple of 8
override output: u32;       // a multiple of 8
override split: u32;
override param_stride: u32; // parameters of one replica
override x_stride: u32;     // values of one replica in x
override y_stride: u32;     // values of one replica in d_y

struct At {
  weight: u32, // offset of W in the parameters
  x: u32,      // offset of row 0 in x
  y: u32,      // offset of row 0 in d_y
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [replica, x_stride]
@group(0) @binding(2) var<storage, read> d_y: array<vec4f>; // [replica, y_stride]
@group(0) @binding(3) var<storage, read_write> d_params: array<vec4f>; // out [replica, split, param_stride]

@compute @workgroup_size(32)
fn matmul_weight_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row_blocks = input / 8u;
  let column_blocks = output / 8u;
  let block = invocation_index(id, groups, 32u);
  let slab = block / (row_blocks * column_blocks); // replica · split + part
  if (slab >= arrayLength(&d_params) * 4u / param_stride) {
    return;
  }
  let replica = slab / split;
  let part = slab % split;
  let rows = (count + split - 1u) / split;
  let begin = min(part * rows, count);
  let end = min(begin + rows, count);
  let i0 = (block / column_blocks) % row_blocks * 8u;
  let o0 = block % column_blocks * 8u;
  var p = (replica * x_stride + at.x + begin * input + i0) / 4u;
  var q = (replica * y_stride + at.y + begin * output + o0) / 4u;
  var a0 = vec4f(); var b0 = vec4f();
  var a1 = vec4f(); var b1 = vec4f();
  var a2 = vec4f(); var b2 = vec4f();
  var a3 = vec4f(); var b3 = vec4f();
  var a4 = vec4f(); var b4 = vec4f();
  var a5 = vec4f(); var b5 = vec4f();
  var a6 = vec4f(); var b6 = vec4f();
  var a7 = vec4f(); var b7 = vec4f();
  for (var k = begin; k < end; k++) {
    let u = x[p]; let v = x[p + 1u]; let y = d_y[q]; let z = d_y[q + 1u];
    a0 += u.x * y; b0 += u.x * z;
    a1 += u.y * y; b1 += u.y * z;
    a2 += u.z * y; b2 += u.z * z;
    a3 += u.w * y; b3 += u.w * z;
    a4 += v.x * y; b4 += v.x * z;
    a5 += v.y * y; b5 += v.y * z;
    a6 += v.z * y; b6 += v.z * z;
    a7 += v.w * y; b7 += v.w * z;
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
  d_params[o] = a7; d_params[o + 1u] = b7;
}
