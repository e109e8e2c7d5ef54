// rms_norm: y = x / sqrt(mean(x²) + 1e-5) · gain for a range of rows; keeps 1/rms for the backward pass.
// Paper   arXiv 1910.07467 Eq. 4 (RMSNorm)
// Shapes  x [x_row, width]   y [y_row, width]   inverse_rms [y_row]
// Launch  one invocation per row
// Uses    launch, norm
// Twin    rms_norm.ref.ts

override count: u32; // rows in the range
override width: u32; // a multiple of 8
override x_stride: u32;     // values of one replica in x
override y_stride: u32;     // values of one replica in y
override norm_stride: u32;  // values of one replica in inverse_rms
override param_stride: u32;

struct At {
  gain: u32,    // offset of the gain in the parameters
  x: u32,       // offset of row 0 in x
  y: u32,       // offset of row 0 in y
  norm: u32,    // offset of row 0 in inverse_rms
  first: u32,   // row of x that comes first, and the distance to the next
  row_step: u32,
  y_first: u32, // the same for y and inverse_rms
  y_row_step: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [replica, x_stride]
@group(0) @binding(2) var<storage, read> params: array<vec4f>; // [replica, param_stride]
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>; // out [replica, y_stride]
@group(0) @binding(4) var<storage, read_write> inverse_rms: array<f32>; // out [replica, norm_stride]

@compute @workgroup_size(threads)
fn rms_norm(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  let replica = i / count;
  if (replica >= arrayLength(&params) * 4u / param_stride) {
    return;
  }
  let k = i % count;
  let r = at.first + k * at.row_step;
  let r_out = at.y_first + k * at.y_row_step;
  let chunks = width / 4u;
  let from_x = (replica * x_stride + at.x) / 4u + r * chunks;
  let to_y = (replica * y_stride + at.y) / 4u + r_out * chunks;
  let gain = (replica * param_stride + at.gain) / 4u;
  var squares = vec4f();
  for (var c = 0u; c < chunks; c += 2u) {
    let v = x[from_x + c];
    let w = x[from_x + c + 1u];
    squares += v * v + w * w;
  }
  let inverse = inverseSqrt((squares.x + squares.y + squares.z + squares.w) / f32(width) + norm_eps);
  for (var c = 0u; c < chunks; c += 2u) {
    y[to_y + c] = x[from_x + c] * inverse * params[gain + c];
    y[to_y + c + 1u] = x[from_x + c + 1u] * inverse * params[gain + c + 1u];
  }
  inverse_rms[replica * norm_stride + at.norm + r_out] = inverse;
}
