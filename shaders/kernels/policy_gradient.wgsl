// policy_gradient: d loss / d logp and d loss / d entropy of every token; the parts of an algorithm meet here.
//   coef = w ( stable_mask · importance_weight · sampler_weight · A · likelihood_gradient − kl_coef · regulariser_gradient )
// is the coefficient of ∇ log π; the loss is minimised, so d loss / d logp = −coef. A is the advantage as the update sees it.
// Paper   arXiv 2509.04419 (unified gradient estimator); parts cite their own papers
// Shapes  now [sequence, position_stride, 4]   token_gradient [sequence, position_stride, 2]
//         token_stat [total_sequence, position_stride, 8], at the token's place in the rollout
// Launch  one invocation per token
// Slots   effective_advantage, stable_mask, importance_weight, sampler_weight, likelihood_gradient, objective, likelihood_objective, regulariser_value, regulariser_gradient, token_weight
// Uses    launch, token, weight
// Twin    policy_gradient.ref.ts

override sequence: u32;
override total_sequence: u32;
override position_stride: u32;
override advantage_stride: u32; // 1: one advantage per response; position_stride: one per token

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> now: array<vec4f>; // [replica, sequence, position_stride, 4] logp, entropy, value, mark: 0 masked, 1 own, 2 own and picked
@group(0) @binding(2) var<storage, read> recorded: array<vec4f>; // [replica, total_sequence, position_stride, 4] sampler_logp, old_logp, ref_logp, author
@group(0) @binding(3) var<storage, read> advantage: array<f32>; // [replica, total_sequence, advantage_stride]
@group(0) @binding(4) var<storage, read> sequence_stat: array<array<vec4f, 2>>; // [replica, sequence, 8] log-ratio sum, tokens, sequence in the rollout, is a demonstration; sampler log-ratio sum, signal, 0, 0
@group(0) @binding(5) var<storage, read> batch_count: array<vec4f>; // [replica, 4] tokens, sequences, demonstration tokens, mean sampler weight
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
  let s = replica * total_sequence + u32(stat[0].z);
  let position_index = i % position_stride;
  let place = s * position_stride + position_index;
  let current = now[i];
  if (current.w == 0.0) {
    token_gradient[i] = vec2f();
    token_stat[place] = array<vec4f, 2>(vec4f(), vec4f());
    return;
  }
  hyper = hypers[replica];
  let counted = batch_count[replica];
  var before = recorded[place];
  let is_demonstration = stat[0].w == 1.0;
  if (is_demonstration) {
    before = vec4f(current.x, current.x, before.z, before.w);
  }
  var t = Token(
    current.x,
    before.y,
    before.x,
    before.z,
    advantage[s * advantage_stride + select(0u, position_index, advantage_stride > 1u)],
    stat[0].x,
    stat[0].y,
    current.y,
    is_demonstration,
    current.w == 2.0,
    stat[1].x,
    stat[1].y,
    counted.w,
  );
  t.advantage = effective_advantage(t);
  let a = t.advantage;
  let weight = token_weight(Counts(stat[0].y, counted.x, counted.y, counted.z, is_demonstration));
  let mask = stable_mask(t);
  let importance = importance_weight(t);
  let correction = sampler_weight(t);
  let policy = mask * importance * correction * a * likelihood_gradient(t);
  let coef = weight * (policy - hyper.kl_coef * regulariser_gradient(t));
  token_gradient[i] = vec2f(-coef, -weight * hyper.entropy_coef);
  let penalty = regulariser_value(t);
  let value = correction * likelihood_objective(t, objective(t));
  let loss = weight * (value + hyper.kl_coef * penalty - hyper.entropy_coef * current.y);
  let log_ratio = log_ratio_of(t);
  // the ratio that the stabiliser looked at, of a token or of a sequence; beyond the clamp its weight is 0
  let ratio = select(importance, exp(log_ratio), importance == 0.0);
  // a ratio that left the trust region in the advantage's direction; the other side is the dual clip
  let is_dropped = mask == 0.0 && !t.is_picked; // a picked token may be dropped wherever its ratio is
  let is_clipped = is_dropped && ((a > 0.0 && ratio > 1.0) || (a < 0.0 && ratio < 1.0));
  let is_clipped_lower = is_dropped && a < 0.0 && ratio > 1.0;
  token_stat[place] = array<vec4f, 2>(
    vec4f(coef, current.y, loss, -log_ratio),
    vec4f(exp_less_line(log_ratio), f32(is_clipped), f32(is_clipped_lower), penalty),
  );
}
