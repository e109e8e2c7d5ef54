/**
 * Counter-based random numbers, the TypeScript side of `shaders/lib/random.wgsl`: the same integers on both.
 * A number is a pure function of (seed, step, purpose, a, b); nothing is carried along, so a run may be split, paused,
 * resumed or replayed without changing a draw.
 */

/** Final mixing step with low bias (Ettinger's search over two-round xorshift-multiply hashes, "lowbias32"). */
export function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** What a draw is for; two purposes never share a number. The same values as in `lib/random.wgsl`. */
export const PURPOSE = {
  prompt: 1,
  symbol: 2,
  shuffle: 3,
  demonstration: 4,
  weight: 5,
  seed: 6,
  table: 7,
  evaluation: 8,
  pick: 9,
  verdict: 10,
} as const;

/** 32 random bits for a key. */
export function randomBits(seed: number, step: number, purpose: number, a: number, b: number): number {
  let h = mix(seed ^ 0x9e3779b9);
  h = mix(h ^ Math.imul(step, 0x85ebca6b));
  h = mix(h ^ Math.imul(purpose, 0xc2b2ae35));
  h = mix(h ^ Math.imul(a, 0x27d4eb2f));
  return mix(h ^ Math.imul(b, 0x165667b1));
}

/** Uniform in [0, 1) with 24 bits, exact in f32. */
export function randomUniform(seed: number, step: number, purpose: number, a: number, b: number): number {
  return (randomBits(seed, step, purpose, a, b) >>> 8) / 16777216;
}

/** Standard normal by Box-Muller; for weights and tables, on the host only. */
export function randomNormal(seed: number, purpose: number, a: number): number {
  const u = (randomBits(seed, 0, purpose, a, 0) + 0.5) / 4294967296;
  const v = (randomBits(seed, 0, purpose, a, 1) + 0.5) / 4294967296;
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}

/** The seed of one replica: replicas differ, and replica r is the same whatever runs beside it. */
export function replicaSeed(seed: number, replica: number): number {
  return randomBits(seed, 0, PURPOSE.seed, replica, 0);
}
