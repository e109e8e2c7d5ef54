// noisy_reward: what an imperfect verifier says of every response: 0 or 1, wrong with some probability.
//   right response   0 if u < false_negative, or if it is of the other form (kind 1) and u < form_false_negative; else 1
//   wrong response   1 if u < false_positive, or if it has the exploit (kind 2) and u < exploit_rate; else 0
// u is a pure function of (seed, step, sequence), and another one for greedy responses. With hyper.debias the verdict becomes
//   (verdict − false_positive) / (1 − false_negative − false_positive),
// whose expectation is the truth under the noise that does not look at the kind. Near a slope of 0 a verdict says nothing,
// and nothing can be put right: the slope is then held at 0.05. Whoever asks for right and wrong gets the verdict itself.
// Paper   arXiv 2505.22203 (noise model of its findings)
//         fn -> hyper.false_negative, fp -> hyper.false_positive, fn_form -> hyper.form_false_negative,
//         p_hack -> hyper.exploit_rate
// Shapes  true_rewards, kinds, rewards, verdicts [sequence]
// Launch  one invocation per sequence
// Uses    launch, random
// Twin    noisy_reward.ref.ts

override sequence: u32;

struct At {
  is_greedy: u32, // 1: the responses are the greedy ones
}

const other_form = 1u;
const exploit = 2u;
const least_slope = 0.05;

@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(2) var<storage, read> clock: array<vec2u>; // [replica, 2] seed, step
@group(0) @binding(3) var<storage, read> true_rewards: array<f32>; // [replica, sequence]
@group(0) @binding(4) var<storage, read> kinds: array<u32>; // [replica, sequence]
@group(0) @binding(5) var<storage, read_write> rewards: array<f32>; // out [replica, sequence]
@group(0) @binding(6) var<storage, read_write> verdicts: array<f32>; // out [replica, sequence]

@compute @workgroup_size(threads)
fn noisy_reward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&rewards)) {
    return;
  }
  let replica = i / sequence;
  let h = hypers[replica];
  let u = random_uniform(clock[replica].x, clock[replica].y, purpose_verdict, i % sequence, at.is_greedy);
  let is_missed = u < h.false_negative || (kinds[i] == other_form && u < h.form_false_negative);
  let is_fooled = u < h.false_positive || (kinds[i] == exploit && u < h.exploit_rate);
  let verdict = select(f32(is_fooled), f32(!is_missed), true_rewards[i] >= h.solved_reward);
  let slope = 1.0 - h.false_negative - h.false_positive;
  let corrected = (verdict - h.false_positive) / select(slope, least_slope, abs(slope) < least_slope);
  rewards[i] = select(verdict, corrected, h.debias == 1.0);
  verdicts[i] = verdict;
}
