// rms_norm_backward: gradient of RMSNorm with respect to its input, added to d_x.
// Undoes y = x · inverse_rms · gain:  d_x += d_y · gain · inverse_rms − x · inverse_rms³ · mean(d_y · gain · x)
// Paper   arXiv 1910.07467 (RMSNorm)
// Shapes  x, d_x [x_row, width]   d_y [y_row, width]   inverse_rms [y_row]
// Launch  one invocation per row
// Uses    launch
// Twin    rms_norm_backward.ref.ts

override count: u32;
override width: u32;
override x_stride: u32;
override d_stride: u32; // values of one replica in d_x
override y_stride: u32;
override norm_stride: u32;
override param_stride: u32;

struct At {
  gain: u32,
  x: u32,
  norm: u32,
  first: u32,
  row_step: u32,
  y_first: u32,
  y_row_step: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [replica, x_stride]
@group(0) @binding(2) var<storage, read> d_y: array<vec4f>; // [replica, y_stride]
@group(0) @binding(3) var<storage, read> inverse_rms: array<f32>; // [replica, norm_stride]
@group(0) @binding(4) var<storage, read> params: array<vec4f>; // [replica, param_stride]
@group(0) @binding(5) var<storage, read_write> d_x: array<vec4f>; // inout [replica, d_stride]

@compute @workgroup_size(threads)
fn rms_norm_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
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
  let to_x = replica * d_stride / 4u + r * chunks;
  let from_y = replica * y_stride / 4u + r_out * chunks;
  let gain = (replica * param_stride + at.gain) / 4u;
  let inverse = inverse_rms[replica * norm_stride + at.norm + r_out];
  var dots = vec4f();
  for (var c = 0u; c < chunks; c++) {
    dots += d_y[from_y + c] * params[gain + c] * x[from_x + c];
  }
  let pull = (dots.x + dots.y + dots.z + dots.w) / f32(width) * inverse * inverse * inverse;
  for (var c = 0u; c < chunks; c++) {
    d_x[to_x + c] = d_x[to_x + c] + d_y[from_y + c] * params[gain + c] * inverse - x[from_x + c] * pull;
  }
}
