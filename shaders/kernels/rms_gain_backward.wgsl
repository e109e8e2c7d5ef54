// rms_gain_backward: d_gain = Σ over rows of d_y · x · inverse_rms, one partial sum per split of the rows.
// Shapes  x [x_row, width]   d_y [y_row, width]   d_params [split, param]
// Launch  one invocation per split and four channels
// Uses    launch
// Twin    rms_gain_backward.ref.ts

override count: u32;       // rows of d_y
override last_rows: u32;      // the first `last_rows` rows of d_y belong to rows of x that lie `last_row_step` apart
override last_row_step: u32;
override width: u32;
override split: u32;
override x_stride: u32;
override y_stride: u32;
override norm_stride: u32;
override param_stride: u32;

struct At {
  gain: u32,
  x: u32,
  norm: u32,
}

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [replica, x_stride]
@group(0) @binding(2) var<storage, read> d_y: array<vec4f>; // [replica, y_stride]
@group(0) @binding(3) var<storage, read> inverse_rms: array<f32>; // [replica, norm_stride]
@group(0) @binding(4) var<storage, read_write> d_params: array<vec4f>; // out [replica, split, param_stride]

@compute @workgroup_size(threads)
fn rms_gain_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = width / 4u;
  let i = invocation_index(id, groups);
  let slab = i / chunks;
  if (slab >= arrayLength(&d_params) * 4u / param_stride) {
    return;
  }
  let replica = slab / split;
  let part = slab % split;
  let rows = (count + split - 1u) / split;
  let begin = min(part * rows, count);
  let end = min(begin + rows, count);
  let c = i % chunks;
  let from_x = (replica * x_stride + at.x) / 4u + c;
  let from_y = replica * y_stride / 4u + c;
  let from_norm = replica * norm_stride + at.norm;
  var sum = vec4f();
  for (var r = begin; r < end; r++) {
    // in the last norm, y holds one row per prompt (its last) and then every response row
    let r_in = select(r + last_rows * (last_row_step - 1u), (r + 1u) * last_row_step - 1u, r < last_rows);
    sum += d_y[from_y + r * chunks] * x[from_x + r_in * chunks] * inverse_rms[from_norm + r];
  }
  d_params[(slab * param_stride + at.gain) / 4u + c] = sum;
}
