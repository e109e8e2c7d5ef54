// random: counter-based random numbers, the same integers as src/engine/random.ts.
// A draw is a pure function of (seed, step, purpose, a, b); nothing is carried along.

const purpose_prompt = 1u;
const purpose_symbol = 2u;
const purpose_shuffle = 3u;
const purpose_demonstration = 4u;
const purpose_evaluation = 8u;
const purpose_pick = 9u;
const purpose_verdict = 10u;

fn mix_bits(value: u32) -> u32 {
  var x = value;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}

fn random_bits(seed: u32, step: u32, purpose: u32, a: u32, b: u32) -> u32 {
  var h = mix_bits(seed ^ 0x9e3779b9u);
  h = mix_bits(h ^ (step * 0x85ebca6bu));
  h = mix_bits(h ^ (purpose * 0xc2b2ae35u));
  h = mix_bits(h ^ (a * 0x27d4eb2fu));
  return mix_bits(h ^ (b * 0x165667b1u));
}

// Uniform in [0, 1) with 24 bits, exact in f32.
fn random_uniform(seed: u32, step: u32, purpose: u32, a: u32, b: u32) -> f32 {
  return f32(random_bits(seed, step, purpose, a, b) >> 8u) / 16777216.0;
}
