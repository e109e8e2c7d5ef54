// matmul_input_backward: d_x = d_y Wᵀ; undoes y = x W with respect to x.
// Shapes  d_y [row, output]   weight [input, output]   d_x [row, input]
// Launch  one invocation per block of 8 rows × 4 inputs, in registers
// Uses    launch, matmul
// Twin    matmul_input_backward.ref.ts

struct At {
  weight: u32,   // offset of W in the parameters
  count: u32,    // rows
  x_stride: u32, // values of one replica in d_x
  y_stride: u32, // values of one replica in d_y
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> d_y: array<vec4f>; // [replica, y_stride]
@group(0) @binding(2) var<storage, read> params: array<vec4f>; // [replica, param_stride]
@group(0) @binding(3) var<storage, read_write> d_x: array<vec4f>; // out [replica, x_stride]

@compute @workgroup_size(threads)
fn matmul_input_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row_blocks = (at.count + 7u) / 8u;
  let column_blocks = input / 4u;
  let block = invocation_index(id, groups);
  let replica = block / (row_blocks * column_blocks);
  if (replica >= arrayLength(&params) * 4u / param_stride) {
    return;
  }
  let k0 = (block / column_blocks) % row_blocks * 8u;
  let column = block % column_blocks * 1u; // in vec4
  let last = at.count - 1u;
  let y_base = replica * at.y_stride / 4u;
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
    // rows of W, transposed: column j holds the weights of output i + j
    let s = transpose(mat4x4f(params[w0], params[w1], params[w2], params[w3]));
    let v0 = d_y[y0];
    let v1 = d_y[y1];
    let v2 = d_y[y2];
    let v3 = d_y[y3];
    let v4 = d_y[y4];
    let v5 = d_y[y5];
    let v6 = d_y[y6];
    let v7 = d_y[y7];
    a0 = fma(vec4f(v0.x), s[0], a0);
    a1 = fma(vec4f(v1.x), s[0], a1);
    a2 = fma(vec4f(v2.x), s[0], a2);
    a3 = fma(vec4f(v3.x), s[0], a3);
    a4 = fma(vec4f(v4.x), s[0], a4);
    a5 = fma(vec4f(v5.x), s[0], a5);
    a6 = fma(vec4f(v6.x), s[0], a6);
    a7 = fma(vec4f(v7.x), s[0], a7);
    a0 = fma(vec4f(v0.y), s[1], a0);
    a1 = fma(vec4f(v1.y), s[1], a1);
    a2 = fma(vec4f(v2.y), s[1], a2);
    a3 = fma(vec4f(v3.y), s[1], a3);
    a4 = fma(vec4f(v4.y), s[1], a4);
    a5 = fma(vec4f(v5.y), s[1], a5);
    a6 = fma(vec4f(v6.y), s[1], a6);
    a7 = fma(vec4f(v7.y), s[1], a7);
    a0 = fma(vec4f(v0.z), s[2], a0);
    a1 = fma(vec4f(v1.z), s[2], a1);
    a2 = fma(vec4f(v2.z), s[2], a2);
    a3 = fma(vec4f(v3.z), s[2], a3);
    a4 = fma(vec4f(v4.z), s[2], a4);
    a5 = fma(vec4f(v5.z), s[2], a5);
    a6 = fma(vec4f(v6.z), s[2], a6);
    a7 = fma(vec4f(v7.z), s[2], a7);
    a0 = fma(vec4f(v0.w), s[3], a0);
    a1 = fma(vec4f(v1.w), s[3], a1);
    a2 = fma(vec4f(v2.w), s[3], a2);
    a3 = fma(vec4f(v3.w), s[3], a3);
    a4 = fma(vec4f(v4.w), s[3], a4);
    a5 = fma(vec4f(v5.w), s[3], a5);
    a6 = fma(vec4f(v6.w), s[3], a6);
    a7 = fma(vec4f(v7.w), s[3], a7);
    y0++; y1++; y2++; y3++; y4++; y5++; y6++; y7++;
    w0++; w1++; w2++; w3++;
  }
  let x_base = replica * at.x_stride / 4u + column;
  store_input(k0 + 0u, x_base, a0);
  store_input(k0 + 1u, x_base, a1);
  store_input(k0 + 2u, x_base, a2);
  store_input(k0 + 3u, x_base, a3);
  store_input(k0 + 4u, x_base, a4);
  store_input(k0 + 5u, x_base, a5);
  store_input(k0 + 6u, x_base, a6);
  store_input(k0 + 7u, x_base, a7);
}

fn store_input(k: u32, x_base: u32, value: vec4f) {
  if (k < at.count) {
    d_x[x_base + k * (input / 4u)] = value;
  }
}
