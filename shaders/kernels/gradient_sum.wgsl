// gradient_sum: adds the partial gradients of the splits in order, and squares them for the global norm.
// Shapes  d_params [split, param]   gradient [param]   square_sum [param_chunk], a chunk is 64 parameters
// Launch  one invocation per chunk of 64 parameters
// Uses    launch
// Twin    gradient_sum.ref.ts

override param_stride: u32; // a multiple of 4
override param_chunk: u32;  // ⌈param_stride / 64⌉
override split: u32;

@group(0) @binding(0) var<storage, read> d_params: array<vec4f>; // [replica, split, param_stride]
@group(0) @binding(1) var<storage, read_write> gradient: array<vec4f>; // out [replica, param_stride]
@group(0) @binding(2) var<storage, read_write> square_sum: array<f32>; // out [replica, param_chunk]

@compute @workgroup_size(threads)
fn gradient_sum(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&square_sum)) {
    return;
  }
  let replica = i / param_chunk;
  let words = param_stride / 4u;
  let begin = i % param_chunk * 16u;
  let end = min(begin + 16u, words);
  var squares = vec4f();
  for (var w = begin; w < end; w++) {
    var sum = d_params[replica * split * words + w];
    for (var part = 1u; part < split; part++) {
      sum += d_params[(replica * split + part) * words + w];
    }
    gradient[replica * words + w] = sum;
    squares += sum * sum;
  }
  square_sum[i] = squares.x + squares.y + squares.z + squares.w;
}
