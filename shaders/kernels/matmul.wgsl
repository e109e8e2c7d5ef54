// matmul: Y = X W for a range of rows, each replica with its own weights.
// Shapes  x [row, input]   weight [input, output]   y [row, output]   row k of the range is first + k · row_step
// Launch  one invocation per block of 8 rows × 4 outputs, all in registers: workgroup memory is slow on CPU drivers
// Slots   matmul_epilogue
// Uses    launch, matmul
// Twin    matmul.ref.ts

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
fn matmul(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row_blocks = (at.count + 7u) / 8u;
  let column_blocks = output / 4u;
  let block = invocation_index(id, groups);
  let replica = block / (row_blocks * column_blocks);
  if (replica >= arrayLength(&params) * 4u / param_stride) {
    return;
  }
  let k0 = (block / column_blocks) % row_blocks * 8u;
  let column = block % column_blocks * 1u; // in vec4
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
  var w = (replica * param_stride + at.weight) / 4u + column;
  let w_row = output / 4u;
  var a0 = vec4f();
  var a1 = vec4f();
  var a2 = vec4f();
  var a3 = vec4f();
  var a4 = vec4f();
  var a5 = vec4f();
  var a6 = vec4f();
  var a7 = vec4f();
  for (var i = 0u; i < input; i += 4u) {
    let v0 = x[x0];
    let v1 = x[x1];
    let v2 = x[x2];
    let v3 = x[x3];
    let v4 = x[x4];
    let v5 = x[x5];
    let v6 = x[x6];
    let v7 = x[x7];
    let p0 = params[w];
    a0 = fma(vec4f(v0.x), p0, a0);
    a1 = fma(vec4f(v1.x), p0, a1);
    a2 = fma(vec4f(v2.x), p0, a2);
    a3 = fma(vec4f(v3.x), p0, a3);
    a4 = fma(vec4f(v4.x), p0, a4);
    a5 = fma(vec4f(v5.x), p0, a5);
    a6 = fma(vec4f(v6.x), p0, a6);
    a7 = fma(vec4f(v7.x), p0, a7);
    w += w_row;
    let p1 = params[w];
    a0 = fma(vec4f(v0.y), p1, a0);
    a1 = fma(vec4f(v1.y), p1, a1);
    a2 = fma(vec4f(v2.y), p1, a2);
    a3 = fma(vec4f(v3.y), p1, a3);
    a4 = fma(vec4f(v4.y), p1, a4);
    a5 = fma(vec4f(v5.y), p1, a5);
    a6 = fma(vec4f(v6.y), p1, a6);
    a7 = fma(vec4f(v7.y), p1, a7);
    w += w_row;
    let p2 = params[w];
    a0 = fma(vec4f(v0.z), p2, a0);
    a1 = fma(vec4f(v1.z), p2, a1);
    a2 = fma(vec4f(v2.z), p2, a2);
    a3 = fma(vec4f(v3.z), p2, a3);
    a4 = fma(vec4f(v4.z), p2, a4);
    a5 = fma(vec4f(v5.z), p2, a5);
    a6 = fma(vec4f(v6.z), p2, a6);
    a7 = fma(vec4f(v7.z), p2, a7);
    w += w_row;
    let p3 = params[w];
    a0 = fma(vec4f(v0.w), p3, a0);
    a1 = fma(vec4f(v1.w), p3, a1);
    a2 = fma(vec4f(v2.w), p3, a2);
    a3 = fma(vec4f(v3.w), p3, a3);
    a4 = fma(vec4f(v4.w), p3, a4);
    a5 = fma(vec4f(v5.w), p3, a5);
    a6 = fma(vec4f(v6.w), p3, a6);
    a7 = fma(vec4f(v7.w), p3, a7);
    w += w_row;
    x0++; x1++; x2++; x3++; x4++; x5++; x6++; x7++;
  }
  store_row(replica, k0 + 0u, column, a0);
  store_row(replica, k0 + 1u, column, a1);
  store_row(replica, k0 + 2u, column, a2);
  store_row(replica, k0 + 3u, column, a3);
  store_row(replica, k0 + 4u, column, a4);
  store_row(replica, k0 + 5u, column, a5);
  store_row(replica, k0 + 6u, column, a6);
  store_row(replica, k0 + 7u, column, a7);
}

fn store_row(replica: u32, k: u32, column: u32, a: vec4f) {
  if (k < at.count) {
    let place = replica * at.y_stride + (at.first + k * at.row_step) * output;
    let o = (place + at.y) / 4u + column;
    let residual = (place + at.residual) / 4u + column;
    y[o] = matmul_epilogue(residual, a);
  }
}
