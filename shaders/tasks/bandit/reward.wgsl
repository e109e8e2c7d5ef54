// bandit: what the pulled arm pays. The best arm of a context is a fixed scramble of the context's number and pays 1;
// the arms after it, around the circle, pay (1 − arm_gap) · (arms − distance) / (arms − 1).
// Uses    random
// Twin    src/tasks/bandit.ts

override arms: u32;

fn reward(length: u32) -> f32 {
  if (length == 0u || response_symbol(0u) >= arms) {
    return 0.0;
  }
  var context_number = 0u;
  for (var j = 0u; j < prompt_position; j++) {
    context_number = context_number * arms + prompt_symbol(j);
  }
  let best = mix_bits(context_number + 1u) % arms;
  let below_best = (response_symbol(0u) + arms - best) % arms;
  let lesser = (1.0 - hyper.arm_gap) * f32(arms - below_best) / f32(arms - 1u);
  return select(lesser, 1.0, below_best == 0u);
}
