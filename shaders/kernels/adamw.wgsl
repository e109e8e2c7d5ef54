// adamw: one application of the optimiser, bias-corrected, epsilon outside the root, decoupled weight decay.
//   m ← β1 m + (1−β1) g,  v ← β2 v + (1−β2) g²,  θ ← θ − lr ( m̂ / (√v̂ + ε) + decay · θ )
// Paper   arXiv 1412.6980 Alg. 1; decoupled decay arXiv 1711.05101 Alg. 2
// Shapes  params, gradient, moment1, moment2 [param]   optimiser [4] as written by gradient_norm
// Launch  one invocation per four parameters
// Uses    launch
// Twin    adamw.ref.ts

override param_stride: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>; // [replica, param_stride]
@group(0) @binding(2) var<storage, read> optimiser: array<vec4f>; // [replica, 4]
@group(0) @binding(3) var<storage, read_write> params: array<vec4f>; // inout [replica, param_stride]
@group(0) @binding(4) var<storage, read_write> moment1: array<vec4f>; // inout [replica, param_stride]
@group(0) @binding(5) var<storage, read_write> moment2: array<vec4f>; // inout [replica, param_stride]

@compute @workgroup_size(threads)
fn adamw(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&params)) {
    return;
  }
  let replica = i * 4u / param_stride;
  let state = optimiser[replica];
  if (state.y == 0.0) {
    return; // a skipped update leaves weights and moments as they were
  }
  hyper = hypers[replica];
  let g = gradient[i] * state.y;
  let m = hyper.adam_beta1 * moment1[i] + (1.0 - hyper.adam_beta1) * g;
  let v = hyper.adam_beta2 * moment2[i] + (1.0 - hyper.adam_beta2) * g * g;
  moment1[i] = m;
  moment2[i] = v;
  let m_hat = m / (1.0 - pow(hyper.adam_beta1, state.z));
  let v_hat = v / (1.0 - pow(hyper.adam_beta2, state.z));
  params[i] = params[i] - hyper.learning_rate * (m_hat / (sqrt(v_hat) + hyper.adam_eps) + hyper.weight_decay * params[i]);
}
