// policy_gradient: d loss / d logp and d loss / d entropy of every token; the four parts of an algorithm meet here.
//   coef = w ( stable_mask · importance_weight · A · likelihood_gradient − kl_coef · regulariser_gradient )
// is the coefficient of ∇ log π; the loss is minimised, so d loss / d logp = −coef.
// Paper   arXiv 2509.04419 (unified gradient estimator); parts cite their own papers
// Shapes  now [sequence, position_stride, 4]   token_gradient [sequence, position_stride, 2]
//         token_stat [total_sequence, position_stride, 8], at the token's place in the rollout
// Launch  one invocation per token
// Slots   stable_mask, importance_weight, likelihood_gradient, objective, regulariser_value, regulariser_gradient, token_weight
// Uses    launch, token, weight
// Twin    policy_gradient.ref.ts

override sequence: u32;
override total_sequence: u32;
override position_stride: u32;
override advantage_stride: u32; // 1: one advantage per response; position_stride: one per token

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> now: array<vec4f>; // [replica, sequence, position_stride, 4] logp, entropy, value, mask
@group(0) @binding(2) var<storage, read> recorded: array<vec4f>; // [replica, total_sequence, position_stride, 4]
@group(0) @binding(3) var<storage, read> advantage: array<f32>; // [replica, total_sequence, advantage_stride]
@group(0) @binding(4) var<storage, read> sequence_stat: array<vec4f>; // [replica, sequence, 4] log-ratio sum, tokens, sequence in the rollout, 0
@group(0) @binding(5) var<storage, read> batch_count: array<vec2f>; // [replica, 2] tokens, sequences
@group(0) @binding(6) var<storage, read_write> token_gradient: array<vec2f>; // out [replica, sequence, position_stride, 2] d_logp, d_entropy
@group(0) @binding(7) var<storage, read_write> token_stat: array<array<vec4f, 2>>; // inout [replica, total_sequence, position_stride, 8] coef, entropy, loss, k1; k3, clipped, clipped_lower, regulariser

@compute @workgroup_size(threads)
fn policy_gradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&now)) {
    return;
  }
  let replica = i / position_stride / sequence;
  let stat = sequence_stat[i / position_stride];
  let s = replica * total_sequence + u32(stat.z);
  let position_index = i % position_stride;
  let place = s * position_stride + position_index;
  let current = now[i];
  if (current.w == 0.0) {
    token_gradient[i] = vec2f();
    token_stat[place] = array<vec4f, 2>(vec4f(), vec4f());
    return;
  }
  hyper = hypers[replica];
  let before = recorded[place];
  let a = advantage[s * advantage_stride + select(0u, position_index, advantage_stride > 1u)];
  let t = Token(current.x, before.y, before.x, before.z, a, stat.x, stat.y);
  let weight = token_weight(Counts(stat.y, batch_count[replica].x, batch_count[replica].y));
  let mask = stable_mask(t);
  let importance = importance_weight(t);
  let policy = mask * importance * a * likelihood_gradient(t);
  let coef = weight * (policy - hyper.kl_coef * regulariser_gradient(t));
  token_gradient[i] = vec2f(-coef, -weight * hyper.entropy_coef);
  let loss = weight * (objective(t) + hyper.kl_coef * regulariser_value(t) - hyper.entropy_coef * current.y);
  let log_ratio = log_ratio_of(t);
  // the ratio that the stabiliser looked at, of a token or of a sequence; beyond the clamp its weight is 0
  let ratio = select(importance, exp(log_ratio), importance == 0.0);
  // a ratio that left the trust region in the advantage's direction; the other side is the dual clip
  let is_clipped = mask == 0.0 && ((a > 0.0 && ratio > 1.0) || (a < 0.0 && ratio < 1.0));
  let is_clipped_lower = mask == 0.0 && a < 0.0 && ratio > 1.0;
  token_stat[place] = array<vec4f, 2>(
    vec4f(coef, current.y, loss, -log_ratio),
    vec4f(exp_less_line(log_ratio), f32(is_clipped), f32(is_clipped_lower), regulariser_value(t)),
  );
}
