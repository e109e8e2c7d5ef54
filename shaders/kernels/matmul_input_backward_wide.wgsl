// matmul_input_backward_wide: d_x = d_y Wᵀ; undoes y = x W with respect to x.
// The same sum as matmul_input_backward in larger blocks: CPU drivers pay for every load, and have no registers to run out of.
// Shapes  d_y [row, output]   weight [input, output]   d_x [row, input]
// Launch  one invocation per block of 16 rows × 8 inputs, in registers
// Uses    launch, matmul
// Twin    matmul_input_backward_wide.ref.ts

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
fn matmul_input_backward_wide(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row_blocks = (at.count + 15u) / 16u;
  let column_blocks = input / 8u;
  let block = invocation_index(id, groups);
  let replica = block / (row_blocks * column_blocks);
  if (replica >= arrayLength(&params) * 4u / param_stride) {
    return;
  }
  let k0 = (block / column_blocks) % row_blocks * 16u;
  let column = block % column_blocks * 2u; // in vec4
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
  var y8 = y_base + min(k0 + 8u, last) * y_row;
  var y9 = y_base + min(k0 + 9u, last) * y_row;
  var y10 = y_base + min(k0 + 10u, last) * y_row;
  var y11 = y_base + min(k0 + 11u, last) * y_row;
  var y12 = y_base + min(k0 + 12u, last) * y_row;
  var y13 = y_base + min(k0 + 13u, last) * y_row;
  var y14 = y_base + min(k0 + 14u, last) * y_row;
  var y15 = y_base + min(k0 + 15u, last) * y_row;
  let w_base = (replica * param_stride + at.weight) / 4u + column * 4u * y_row;
  var w0 = w_base + 0u * y_row;
  var w1 = w_base + 1u * y_row;
  var w2 = w_base + 2u * y_row;
  var w3 = w_base + 3u * y_row;
  var w4 = w_base + 4u * y_row;
  var w5 = w_base + 5u * y_row;
  var w6 = w_base + 6u * y_row;
  var w7 = w_base + 7u * y_row;
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
  for (var i = 0u; i < output; i += 4u) {
    // rows of W, transposed: column j holds the weights of output i + j
    let s = transpose(mat4x4f(params[w0], params[w1], params[w2], params[w3]));
    let t = transpose(mat4x4f(params[w4], params[w5], params[w6], params[w7]));
    let v0 = d_y[y0];
    let v1 = d_y[y1];
    let v2 = d_y[y2];
    let v3 = d_y[y3];
    let v4 = d_y[y4];
    let v5 = d_y[y5];
    let v6 = d_y[y6];
    let v7 = d_y[y7];
    let v8 = d_y[y8];
    let v9 = d_y[y9];
    let v10 = d_y[y10];
    let v11 = d_y[y11];
    let v12 = d_y[y12];
    let v13 = d_y[y13];
    let v14 = d_y[y14];
    let v15 = d_y[y15];
    a0 = fma(vec4f(v0.x), s[0], a0); b0 = fma(vec4f(v0.x), t[0], b0);
    a1 = fma(vec4f(v1.x), s[0], a1); b1 = fma(vec4f(v1.x), t[0], b1);
    a2 = fma(vec4f(v2.x), s[0], a2); b2 = fma(vec4f(v2.x), t[0], b2);
    a3 = fma(vec4f(v3.x), s[0], a3); b3 = fma(vec4f(v3.x), t[0], b3);
    a4 = fma(vec4f(v4.x), s[0], a4); b4 = fma(vec4f(v4.x), t[0], b4);
    a5 = fma(vec4f(v5.x), s[0], a5); b5 = fma(vec4f(v5.x), t[0], b5);
    a6 = fma(vec4f(v6.x), s[0], a6); b6 = fma(vec4f(v6.x), t[0], b6);
    a7 = fma(vec4f(v7.x), s[0], a7); b7 = fma(vec4f(v7.x), t[0], b7);
    a8 = fma(vec4f(v8.x), s[0], a8); b8 = fma(vec4f(v8.x), t[0], b8);
    a9 = fma(vec4f(v9.x), s[0], a9); b9 = fma(vec4f(v9.x), t[0], b9);
    a10 = fma(vec4f(v10.x), s[0], a10); b10 = fma(vec4f(v10.x), t[0], b10);
    a11 = fma(vec4f(v11.x), s[0], a11); b11 = fma(vec4f(v11.x), t[0], b11);
    a12 = fma(vec4f(v12.x), s[0], a12); b12 = fma(vec4f(v12.x), t[0], b12);
    a13 = fma(vec4f(v13.x), s[0], a13); b13 = fma(vec4f(v13.x), t[0], b13);
    a14 = fma(vec4f(v14.x), s[0], a14); b14 = fma(vec4f(v14.x), t[0], b14);
    a15 = fma(vec4f(v15.x), s[0], a15); b15 = fma(vec4f(v15.x), t[0], b15);
    a0 = fma(vec4f(v0.y), s[1], a0); b0 = fma(vec4f(v0.y), t[1], b0);
    a1 = fma(vec4f(v1.y), s[1], a1); b1 = fma(vec4f(v1.y), t[1], b1);
    a2 = fma(vec4f(v2.y), s[1], a2); b2 = fma(vec4f(v2.y), t[1], b2);
    a3 = fma(vec4f(v3.y), s[1], a3); b3 = fma(vec4f(v3.y), t[1], b3);
    a4 = fma(vec4f(v4.y), s[1], a4); b4 = fma(vec4f(v4.y), t[1], b4);
    a5 = fma(vec4f(v5.y), s[1], a5); b5 = fma(vec4f(v5.y), t[1], b5);
    a6 = fma(vec4f(v6.y), s[1], a6); b6 = fma(vec4f(v6.y), t[1], b6);
    a7 = fma(vec4f(v7.y), s[1], a7); b7 = fma(vec4f(v7.y), t[1], b7);
    a8 = fma(vec4f(v8.y), s[1], a8); b8 = fma(vec4f(v8.y), t[1], b8);
    a9 = fma(vec4f(v9.y), s[1], a9); b9 = fma(vec4f(v9.y), t[1], b9);
    a10 = fma(vec4f(v10.y), s[1], a10); b10 = fma(vec4f(v10.y), t[1], b10);
    a11 = fma(vec4f(v11.y), s[1], a11); b11 = fma(vec4f(v11.y), t[1], b11);
    a12 = fma(vec4f(v12.y), s[1], a12); b12 = fma(vec4f(v12.y), t[1], b12);
    a13 = fma(vec4f(v13.y), s[1], a13); b13 = fma(vec4f(v13.y), t[1], b13);
    a14 = fma(vec4f(v14.y), s[1], a14); b14 = fma(vec4f(v14.y), t[1], b14);
    a15 = fma(vec4f(v15.y), s[1], a15); b15 = fma(vec4f(v15.y), t[1], b15);
    a0 = fma(vec4f(v0.z), s[2], a0); b0 = fma(vec4f(v0.z), t[2], b0);
    a1 = fma(vec4f(v1.z), s[2], a1); b1 = fma(vec4f(v1.z), t[2], b1);
    a2 = fma(vec4f(v2.z), s[2], a2); b2 = fma(vec4f(v2.z), t[2], b2);
    a3 = fma(vec4f(v3.z), s[2], a3); b3 = fma(vec4f(v3.z), t[2], b3);
    a4 = fma(vec4f(v4.z), s[2], a4); b4 = fma(vec4f(v4.z), t[2], b4);
    a5 = fma(vec4f(v5.z), s[2], a5); b5 = fma(vec4f(v5.z), t[2], b5);
    a6 = fma(vec4f(v6.z), s[2], a6); b6 = fma(vec4f(v6.z), t[2], b6);
    a7 = fma(vec4f(v7.z), s[2], a7); b7 = fma(vec4f(v7.z), t[2], b7);
    a8 = fma(vec4f(v8.z), s[2], a8); b8 = fma(vec4f(v8.z), t[2], b8);
    a9 = fma(vec4f(v9.z), s[2], a9); b9 = fma(vec4f(v9.z), t[2], b9);
    a10 = fma(vec4f(v10.z), s[2], a10); b10 = fma(vec4f(v10.z), t[2], b10);
    a11 = fma(vec4f(v11.z), s[2], a11); b11 = fma(vec4f(v11.z), t[2], b11);
    a12 = fma(vec4f(v12.z), s[2], a12); b12 = fma(vec4f(v12.z), t[2], b12);
    a13 = fma(vec4f(v13.z), s[2], a13); b13 = fma(vec4f(v13.z), t[2], b13);
    a14 = fma(vec4f(v14.z), s[2], a14); b14 = fma(vec4f(v14.z), t[2], b14);
    a15 = fma(vec4f(v15.z), s[2], a15); b15 = fma(vec4f(v15.z), t[2], b15);
    a0 = fma(vec4f(v0.w), s[3], a0); b0 = fma(vec4f(v0.w), t[3], b0);
    a1 = fma(vec4f(v1.w), s[3], a1); b1 = fma(vec4f(v1.w), t[3], b1);
    a2 = fma(vec4f(v2.w), s[3], a2); b2 = fma(vec4f(v2.w), t[3], b2);
    a3 = fma(vec4f(v3.w), s[3], a3); b3 = fma(vec4f(v3.w), t[3], b3);
    a4 = fma(vec4f(v4.w), s[3], a4); b4 = fma(vec4f(v4.w), t[3], b4);
    a5 = fma(vec4f(v5.w), s[3], a5); b5 = fma(vec4f(v5.w), t[3], b5);
    a6 = fma(vec4f(v6.w), s[3], a6); b6 = fma(vec4f(v6.w), t[3], b6);
    a7 = fma(vec4f(v7.w), s[3], a7); b7 = fma(vec4f(v7.w), t[3], b7);
    a8 = fma(vec4f(v8.w), s[3], a8); b8 = fma(vec4f(v8.w), t[3], b8);
    a9 = fma(vec4f(v9.w), s[3], a9); b9 = fma(vec4f(v9.w), t[3], b9);
    a10 = fma(vec4f(v10.w), s[3], a10); b10 = fma(vec4f(v10.w), t[3], b10);
    a11 = fma(vec4f(v11.w), s[3], a11); b11 = fma(vec4f(v11.w), t[3], b11);
    a12 = fma(vec4f(v12.w), s[3], a12); b12 = fma(vec4f(v12.w), t[3], b12);
    a13 = fma(vec4f(v13.w), s[3], a13); b13 = fma(vec4f(v13.w), t[3], b13);
    a14 = fma(vec4f(v14.w), s[3], a14); b14 = fma(vec4f(v14.w), t[3], b14);
    a15 = fma(vec4f(v15.w), s[3], a15); b15 = fma(vec4f(v15.w), t[3], b15);
    y0++; y1++; y2++; y3++; y4++; y5++; y6++; y7++; y8++; y9++; y10++; y11++; y12++; y13++; y14++; y15++;
    w0++; w1++; w2++; w3++; w4++; w5++; w6++; w7++;
  }
  let x_base = replica * at.x_stride / 4u + column;
  store_input(k0 + 0u, x_base, a0); store_input(k0 + 0u, x_base + 1u, b0);
  store_input(k0 + 1u, x_base, a1); store_input(k0 + 1u, x_base + 1u, b1);
  store_input(k0 + 2u, x_base, a2); store_input(k0 + 2u, x_base + 1u, b2);
  store_input(k0 + 3u, x_base, a3); store_input(k0 + 3u, x_base + 1u, b3);
  store_input(k0 + 4u, x_base, a4); store_input(k0 + 4u, x_base + 1u, b4);
  store_input(k0 + 5u, x_base, a5); store_input(k0 + 5u, x_base + 1u, b5);
  store_input(k0 + 6u, x_base, a6); store_input(k0 + 6u, x_base + 1u, b6);
  store_input(k0 + 7u, x_base, a7); store_input(k0 + 7u, x_base + 1u, b7);
  store_input(k0 + 8u, x_base, a8); store_input(k0 + 8u, x_base + 1u, b8);
  store_input(k0 + 9u, x_base, a9); store_input(k0 + 9u, x_base + 1u, b9);
  store_input(k0 + 10u, x_base, a10); store_input(k0 + 10u, x_base + 1u, b10);
  store_input(k0 + 11u, x_base, a11); store_input(k0 + 11u, x_base + 1u, b11);
  store_input(k0 + 12u, x_base, a12); store_input(k0 + 12u, x_base + 1u, b12);
  store_input(k0 + 13u, x_base, a13); store_input(k0 + 13u, x_base + 1u, b13);
  store_input(k0 + 14u, x_base, a14); store_input(k0 + 14u, x_base + 1u, b14);
  store_input(k0 + 15u, x_base, a15); store_input(k0 + 15u, x_base + 1u, b15);
}

fn store_input(k: u32, x_base: u32, value: vec4f) {
  if (k < at.count) {
    d_x[x_base + k * (input / 4u)] = value;
  }
}
