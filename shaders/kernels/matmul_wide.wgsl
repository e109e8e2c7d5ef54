// matmul_wide: Y = X W for a range of rows, each replica with its own weights.
// The same sum as matmul in larger blocks: CPU drivers pay for every load, and have no registers to run out of.
// Shapes  x [row, input]   weight [input, output]   y [row, output]   row k of the range is first + k · row_step
// Launch  one invocation per block of 16 rows × 8 outputs, all in registers: workgroup memory is slow on CPU drivers
// Slots   matmul_epilogue
// Uses    launch, matmul
// Twin    matmul_wide.ref.ts

struct At {
  weight: u32,   // offset of W in the parameters
  x: u32,        // offset of row 0 in x
  y: u32,        // offset of row 0 in y
  residual: u32, // offset in y of row 0 of what the epilogue may add
  first: u32,
  row_step: u32,
  count: u32,    // rows in the range
  x_stride: u32, // values of one replica in x
  y_stride: u32, // values of one replica in y
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [replica, x_stride]
@group(0) @binding(2) var<storage, read> params: array<vec4f>; // [replica, param_stride]
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>; // slab [replica, y_stride]

@compute @workgroup_size(threads)
fn matmul_wide(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row_blocks = (at.count + 15u) / 16u;
  let column_blocks = output / 8u;
  let block = invocation_index(id, groups);
  let replica = block / (row_blocks * column_blocks);
  if (replica >= arrayLength(&params) * 4u / param_stride) {
    return;
  }
  let k0 = (block / column_blocks) % row_blocks * 16u;
  let column = block % column_blocks * 2u; // in vec4
  // rows past the end repeat the last one; they are not stored
  let last = at.count - 1u;
  let x_base = (replica * at.x_stride + at.x) / 4u;
  let x_row = input / 4u;
  var x0 = x_base + (at.first + min(k0 + 0u, last) * at.row_step) * x_row;
  var x1 = x_base + (at.first + min(k0 + 1u, last) * at.row_step) * x_row;
  var x2 = x_base + (at.first + min(k0 + 2u, last) * at.row_step) * x_row;
  var x3 = x_base + (at.first + min(k0 + 3u, last) * at.row_step) * x_row;
  var x4 = x_base + (at.first + min(k0 + 4u, last) * at.row_step) * x_row;
  var x5 = x_base + (at.first + min(k0 + 5u, last) * at.row_step) * x_row;
  var x6 = x_base + (at.first + min(k0 + 6u, last) * at.row_step) * x_row;
  var x7 = x_base + (at.first + min(k0 + 7u, last) * at.row_step) * x_row;
  var x8 = x_base + (at.first + min(k0 + 8u, last) * at.row_step) * x_row;
  var x9 = x_base + (at.first + min(k0 + 9u, last) * at.row_step) * x_row;
  var x10 = x_base + (at.first + min(k0 + 10u, last) * at.row_step) * x_row;
  var x11 = x_base + (at.first + min(k0 + 11u, last) * at.row_step) * x_row;
  var x12 = x_base + (at.first + min(k0 + 12u, last) * at.row_step) * x_row;
  var x13 = x_base + (at.first + min(k0 + 13u, last) * at.row_step) * x_row;
  var x14 = x_base + (at.first + min(k0 + 14u, last) * at.row_step) * x_row;
  var x15 = x_base + (at.first + min(k0 + 15u, last) * at.row_step) * x_row;
  var w = (replica * param_stride + at.weight) / 4u + column;
  let w_row = output / 4u;
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
  for (var i = 0u; i < input; i += 4u) {
    let v0 = x[x0];
    let v1 = x[x1];
    let v2 = x[x2];
    let v3 = x[x3];
    let v4 = x[x4];
    let v5 = x[x5];
    let v6 = x[x6];
    let v7 = x[x7];
    let v8 = x[x8];
    let v9 = x[x9];
    let v10 = x[x10];
    let v11 = x[x11];
    let v12 = x[x12];
    let v13 = x[x13];
    let v14 = x[x14];
    let v15 = x[x15];
    let p0 = params[w]; let q0 = params[w + 1u];
    a0 = fma(vec4f(v0.x), p0, a0); b0 = fma(vec4f(v0.x), q0, b0);
    a1 = fma(vec4f(v1.x), p0, a1); b1 = fma(vec4f(v1.x), q0, b1);
    a2 = fma(vec4f(v2.x), p0, a2); b2 = fma(vec4f(v2.x), q0, b2);
    a3 = fma(vec4f(v3.x), p0, a3); b3 = fma(vec4f(v3.x), q0, b3);
    a4 = fma(vec4f(v4.x), p0, a4); b4 = fma(vec4f(v4.x), q0, b4);
    a5 = fma(vec4f(v5.x), p0, a5); b5 = fma(vec4f(v5.x), q0, b5);
    a6 = fma(vec4f(v6.x), p0, a6); b6 = fma(vec4f(v6.x), q0, b6);
    a7 = fma(vec4f(v7.x), p0, a7); b7 = fma(vec4f(v7.x), q0, b7);
    a8 = fma(vec4f(v8.x), p0, a8); b8 = fma(vec4f(v8.x), q0, b8);
    a9 = fma(vec4f(v9.x), p0, a9); b9 = fma(vec4f(v9.x), q0, b9);
    a10 = fma(vec4f(v10.x), p0, a10); b10 = fma(vec4f(v10.x), q0, b10);
    a11 = fma(vec4f(v11.x), p0, a11); b11 = fma(vec4f(v11.x), q0, b11);
    a12 = fma(vec4f(v12.x), p0, a12); b12 = fma(vec4f(v12.x), q0, b12);
    a13 = fma(vec4f(v13.x), p0, a13); b13 = fma(vec4f(v13.x), q0, b13);
    a14 = fma(vec4f(v14.x), p0, a14); b14 = fma(vec4f(v14.x), q0, b14);
    a15 = fma(vec4f(v15.x), p0, a15); b15 = fma(vec4f(v15.x), q0, b15);
    w += w_row;
    let p1 = params[w]; let q1 = params[w + 1u];
    a0 = fma(vec4f(v0.y), p1, a0); b0 = fma(vec4f(v0.y), q1, b0);
    a1 = fma(vec4f(v1.y), p1, a1); b1 = fma(vec4f(v1.y), q1, b1);
    a2 = fma(vec4f(v2.y), p1, a2); b2 = fma(vec4f(v2.y), q1, b2);
    a3 = fma(vec4f(v3.y), p1, a3); b3 = fma(vec4f(v3.y), q1, b3);
    a4 = fma(vec4f(v4.y), p1, a4); b4 = fma(vec4f(v4.y), q1, b4);
    a5 = fma(vec4f(v5.y), p1, a5); b5 = fma(vec4f(v5.y), q1, b5);
    a6 = fma(vec4f(v6.y), p1, a6); b6 = fma(vec4f(v6.y), q1, b6);
    a7 = fma(vec4f(v7.y), p1, a7); b7 = fma(vec4f(v7.y), q1, b7);
    a8 = fma(vec4f(v8.y), p1, a8); b8 = fma(vec4f(v8.y), q1, b8);
    a9 = fma(vec4f(v9.y), p1, a9); b9 = fma(vec4f(v9.y), q1, b9);
    a10 = fma(vec4f(v10.y), p1, a10); b10 = fma(vec4f(v10.y), q1, b10);
    a11 = fma(vec4f(v11.y), p1, a11); b11 = fma(vec4f(v11.y), q1, b11);
    a12 = fma(vec4f(v12.y), p1, a12); b12 = fma(vec4f(v12.y), q1, b12);
    a13 = fma(vec4f(v13.y), p1, a13); b13 = fma(vec4f(v13.y), q1, b13);
    a14 = fma(vec4f(v14.y), p1, a14); b14 = fma(vec4f(v14.y), q1, b14);
    a15 = fma(vec4f(v15.y), p1, a15); b15 = fma(vec4f(v15.y), q1, b15);
    w += w_row;
    let p2 = params[w]; let q2 = params[w + 1u];
    a0 = fma(vec4f(v0.z), p2, a0); b0 = fma(vec4f(v0.z), q2, b0);
    a1 = fma(vec4f(v1.z), p2, a1); b1 = fma(vec4f(v1.z), q2, b1);
    a2 = fma(vec4f(v2.z), p2, a2); b2 = fma(vec4f(v2.z), q2, b2);
    a3 = fma(vec4f(v3.z), p2, a3); b3 = fma(vec4f(v3.z), q2, b3);
    a4 = fma(vec4f(v4.z), p2, a4); b4 = fma(vec4f(v4.z), q2, b4);
    a5 = fma(vec4f(v5.z), p2, a5); b5 = fma(vec4f(v5.z), q2, b5);
    a6 = fma(vec4f(v6.z), p2, a6); b6 = fma(vec4f(v6.z), q2, b6);
    a7 = fma(vec4f(v7.z), p2, a7); b7 = fma(vec4f(v7.z), q2, b7);
    a8 = fma(vec4f(v8.z), p2, a8); b8 = fma(vec4f(v8.z), q2, b8);
    a9 = fma(vec4f(v9.z), p2, a9); b9 = fma(vec4f(v9.z), q2, b9);
    a10 = fma(vec4f(v10.z), p2, a10); b10 = fma(vec4f(v10.z), q2, b10);
    a11 = fma(vec4f(v11.z), p2, a11); b11 = fma(vec4f(v11.z), q2, b11);
    a12 = fma(vec4f(v12.z), p2, a12); b12 = fma(vec4f(v12.z), q2, b12);
    a13 = fma(vec4f(v13.z), p2, a13); b13 = fma(vec4f(v13.z), q2, b13);
    a14 = fma(vec4f(v14.z), p2, a14); b14 = fma(vec4f(v14.z), q2, b14);
    a15 = fma(vec4f(v15.z), p2, a15); b15 = fma(vec4f(v15.z), q2, b15);
    w += w_row;
    let p3 = params[w]; let q3 = params[w + 1u];
    a0 = fma(vec4f(v0.w), p3, a0); b0 = fma(vec4f(v0.w), q3, b0);
    a1 = fma(vec4f(v1.w), p3, a1); b1 = fma(vec4f(v1.w), q3, b1);
    a2 = fma(vec4f(v2.w), p3, a2); b2 = fma(vec4f(v2.w), q3, b2);
    a3 = fma(vec4f(v3.w), p3, a3); b3 = fma(vec4f(v3.w), q3, b3);
    a4 = fma(vec4f(v4.w), p3, a4); b4 = fma(vec4f(v4.w), q3, b4);
    a5 = fma(vec4f(v5.w), p3, a5); b5 = fma(vec4f(v5.w), q3, b5);
    a6 = fma(vec4f(v6.w), p3, a6); b6 = fma(vec4f(v6.w), q3, b6);
    a7 = fma(vec4f(v7.w), p3, a7); b7 = fma(vec4f(v7.w), q3, b7);
    a8 = fma(vec4f(v8.w), p3, a8); b8 = fma(vec4f(v8.w), q3, b8);
    a9 = fma(vec4f(v9.w), p3, a9); b9 = fma(vec4f(v9.w), q3, b9);
    a10 = fma(vec4f(v10.w), p3, a10); b10 = fma(vec4f(v10.w), q3, b10);
    a11 = fma(vec4f(v11.w), p3, a11); b11 = fma(vec4f(v11.w), q3, b11);
    a12 = fma(vec4f(v12.w), p3, a12); b12 = fma(vec4f(v12.w), q3, b12);
    a13 = fma(vec4f(v13.w), p3, a13); b13 = fma(vec4f(v13.w), q3, b13);
    a14 = fma(vec4f(v14.w), p3, a14); b14 = fma(vec4f(v14.w), q3, b14);
    a15 = fma(vec4f(v15.w), p3, a15); b15 = fma(vec4f(v15.w), q3, b15);
    w += w_row;
    x0++; x1++; x2++; x3++; x4++; x5++; x6++; x7++; x8++; x9++; x10++; x11++; x12++; x13++; x14++; x15++;
  }
  store_row(replica, k0 + 0u, column, a0, b0);
  store_row(replica, k0 + 1u, column, a1, b1);
  store_row(replica, k0 + 2u, column, a2, b2);
  store_row(replica, k0 + 3u, column, a3, b3);
  store_row(replica, k0 + 4u, column, a4, b4);
  store_row(replica, k0 + 5u, column, a5, b5);
  store_row(replica, k0 + 6u, column, a6, b6);
  store_row(replica, k0 + 7u, column, a7, b7);
  store_row(replica, k0 + 8u, column, a8, b8);
  store_row(replica, k0 + 9u, column, a9, b9);
  store_row(replica, k0 + 10u, column, a10, b10);
  store_row(replica, k0 + 11u, column, a11, b11);
  store_row(replica, k0 + 12u, column, a12, b12);
  store_row(replica, k0 + 13u, column, a13, b13);
  store_row(replica, k0 + 14u, column, a14, b14);
  store_row(replica, k0 + 15u, column, a15, b15);
}

fn store_row(replica: u32, k: u32, column: u32, a: vec4f, b: vec4f) {
  if (k < at.count) {
    let place = replica * at.y_stride + (at.first + k * at.row_step) * output;
    let o = (place + at.y) / 4u + column;
    let residual = (place + at.residual) / 4u + column;
    y[o] = matmul_epilogue(residual, a);
    y[o + 1u] = matmul_epilogue(residual + 1u, b);
  }
}
