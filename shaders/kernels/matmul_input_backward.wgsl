// matmul_input_backward: d_x = d_y Wᵀ for a range of rows; undoes y = x W with respect to x.
// Shapes  d_y [row, output]   weight [input, output]   d_x [row, input]
// Launch  one invocation per block of 8 rows × 4 inputs, in registers
// Uses    launch
// Twin    matmul_input_backward.ref.ts

override count: u32;        // rows in the range
override input: u32;        // a multiple of 4
override output: u32;       // a multiple of 4
override param_stride: u32; // parameters of one replica
override x_stride: u32;     // values of one replica in d_x
override y_stride: u32;     // values of one replica in d_y

struct At {
  weight: u32, // offset of W in the parameters
  x: u32,      // offset of row 0 in d_x
  y: u32,      // offset of row 0 in d_y
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> d_y: array<vec4f>; // [replica, y_stride]
@group(0) @binding(2) var<storage, read> params: array<vec4f>; // [replica, param_stride]
@group(0) @binding(3) var<storage, read_write> d_x: array<vec4f>; // out [replica, x_stride]

@compute @workgroup_size(32)
fn matmul_input_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row_blocks = (count + 7u) / 8u;
  let column_blocks = input / 4u;
  let block = invocation_index(id, groups, 32u);
  let replica = block / (row_blocks * column_blocks);
  if (replica >= arrayLength(&params) * 4u / param_stride) {
    return;
  }
  let k0 = (block / column_blocks) % row_blocks * 8u;
  let column = block % column_blocks; // in vec4
  let last = count - 1u;
  let y_base = (replica * y_stride + at.y) / 4u;
  let y_row = output / 4u;
  var y0 = y_base + min(k0 + 0u, last) * y_row;
  var y1 = y_base + min(k0 + 1u, last) * y_row;
  var y2 = y_base + min(k0 + 2u, last) * y_row;
  var y3 = y_base + min(k0 + 3u, last) * y_row;
  var y4 = y_base + min(k0 + 4u, last) * y_row;
  var y5 = y_base + min(k0 + 5u, last) * y_row;
  var y6 = y_base + min(k0 + 6u, last) * y_row;
  var y7 = y_base + min(k0 + 7u, last) * y_row;
  let w_base = (replica * param_stride + at.weight) / 4u + column * 4u * y_row;
  var w0 = w_base + 0u * y_row;
  var w1 = w_base + 1u * y_row;
  var w2 = w_base + 2u * y_row;
  var w3 = w_base + 3u * y_row;
  var a0 = vec4f();
  var a1 = vec4f();
  var a2 = vec4f();
  var a3 = vec4f();
  var a4 = vec4f();
  var a5 = vec4f();
  var a6 = vec4f();
  var a7 = vec4f();
  for (var i = 0u; i < output; i += 4u) {
    // four rows of W, transposed: column j of the block is the output i + j
    let t = transpose(mat4x4f(params[w0], params[w1], params[w2], params[w3]));
    let v0 = d_y[y0]; a0 += v0.x * t[0] + v0.y * t[1] + v0.z * t[2] + v0.w * t[3];
    let v1 = d_y[y1]; a1 += v1.x * t[0] + v1.y * t[1] + v1.z * t[2] + v1.w * t[3];
    let v2 = d_y[y2]; a2 += v2.x * t[0] + v2.y * t[1] + v2.z * t[2] + v2.w * t[3];
    let v3 = d_y[y3]; a3 += v3.x * t[0] + v3.y * t[1] + v3.z * t[2] + v3.w * t[3];
    let v4 = d_y[y4]; a4 += v4.x * t[0] + v4.y * t[1] + v4.z * t[2] + v4.w * t[3];
    let v5 = d_y[y5]; a5 += v5.x * t[0] + v5.y * t[1] + v5.z * t[2] + v5.w * t[3];
    let v6 = d_y[y6]; a6 += v6.x * t[0] + v6.y * t[1] + v6.z * t[2] + v6.w * t[3];
    let v7 = d_y[y7]; a7 += v7.x * t[0] + v7.y * t[1] + v7.z * t[2] + v7.w * t[3];
    y0++; y1++; y2++; y3++; y4++; y5++; y6++; y7++;
    w0++; w1++; w2++; w3++;
  }
  let x_base = replica * x_stride + at.x + column * 4u;
  store_input_row(k0 + 0u, x_base, a0);
  store_input_row(k0 + 1u, x_base, a1);
  store_input_row(k0 + 2u, x_base, a2);
  store_input_row(k0 + 3u, x_base, a3);
  store_input_row(k0 + 4u, x_base, a4);
  store_input_row(k0 + 5u, x_base, a5);
  store_input_row(k0 + 6u, x_base, a6);
  store_input_row(k0 + 7u, x_base, a7);
}

fn store_input_row(k: u32, x_base: u32, value: vec4f) {
  if (k < count) {
    let o = (x_base + k * input) / 4u;
    d_x[o] = value;
  }
}
