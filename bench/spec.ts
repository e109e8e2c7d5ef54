/** Sizes and inputs of the workloads W1 to W4 and W6, as their description gives them: every implementation gets the same numbers. */

export const SCHEMA = 'rl-bench/1';
export type Scale = 'full' | 'small';
export const WORKLOADS = {
  W1: { title: 'rollout', metric: 'tokens/s' },
  W2: { title: 'update', metric: 'tokens/s' },
  W3: { title: 'full step', metric: 'steps/s' },
  W4: { title: 'advantage', metric: 'GB/s' },
  W6: { title: 'tabular bandit REINFORCE', metric: 'steps/s' },
} as const;
export type Workload = keyof typeof WORKLOADS;

export interface LanguageSizes {
  vocab: number;
  width: number;
  layers: number;
  heads: number;
  prompt_position: number;
  position: number;
  group_size: number;
  prompts: number;
}

/** Sizes of the policy and its batch; W6 is the same at both scales. */
export function languageSizes(workload: Workload, scale: Scale): LanguageSizes {
  return workload === 'W6'
    ? { vocab: 16, width: 16, layers: 1, heads: 2, prompt_position: 1, position: 1, group_size: 8, prompts: 8 }
    : {
        vocab: 16,
        width: 64,
        layers: 2,
        heads: 4,
        prompt_position: 8,
        position: 16,
        group_size: 8,
        prompts: scale === 'full' ? 64 : 8,
      };
}
export const advantageSizes = (scale: Scale) => ({
  sequences: scale === 'full' ? 65536 : 4096,
  position: 64,
  group_size: 8,
});

/** The workloads' generator of uniform numbers in [0, 1), mulberry32. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
function normals(count: number, seed: number, std: number): Float32Array {
  const u = uniforms(seed);
  return Float32Array.from(
    { length: count },
    () => std * Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u()),
  );
}

/** Values of the tensors of a parameter layout: gains 1, tensor i drawn from seed 1000 + i. */
export function startWeights(
  tensors: readonly { shape: number[]; offset: number; init: number | 'one' }[],
  total: number,
): Float32Array {
  const out = new Float32Array(total);
  tensors.forEach((tensor, i) => {
    const size = tensor.shape.reduce((a, b) => a * b, 1);
    out.set(
      tensor.init === 'one' ? new Float32Array(size).fill(1) : normals(size, 1000 + i, tensor.init),
      tensor.offset,
    );
  });
  return out;
}

/** The prompts of one step, row by row. */
export function promptsOf(c: LanguageSizes, step: number): number[][] {
  const u = uniforms(0x5eed + step * 7919);
  return Array.from({ length: c.prompts }, () =>
    Array.from({ length: c.prompt_position }, () => Math.floor(u() * c.vocab)),
  );
}

/** W2's fixed batch. */
export function updateBatch(c: LanguageSizes) {
  const u = uniforms(42);
  const prompts = promptsOf(c, 0);
  const sequences = c.prompts * c.group_size;
  const context = c.prompt_position + c.position;
  const tokens = new Uint32Array(sequences * context);
  for (let s = 0; s < sequences; s++) {
    for (let t = 0; t < context; t++) {
      tokens[s * context + t] =
        t < c.prompt_position ? prompts[Math.floor(s / c.group_size)][t] : Math.floor(u() * c.vocab);
    }
  }
  const old_logp = normals(sequences * c.position, 43, 0.3).map((x) => x - Math.log(c.vocab));
  const rewards = Float32Array.from({ length: sequences }, () => Math.floor(u() * (c.position + 1)) / c.position);
  const advantage = new Float32Array(sequences);
  for (let g = 0; g < sequences; g += c.group_size) {
    const group = rewards.subarray(g, g + c.group_size);
    const mean = group.reduce((a, b) => a + b, 0) / group.length;
    const std = Math.sqrt(group.reduce((a, b) => a + (b - mean) ** 2, 0) / group.length);
    group.forEach((r, i) => {
      advantage[g + i] = (r - mean) / (std + 1e-4);
    });
  }
  return { tokens, old_logp, rewards, advantage };
}

/** W4's inputs: response rewards, lengths, token rewards, values. */
export function advantageInputs(scale: Scale) {
  const { sequences, position } = advantageSizes(scale);
  const u = uniforms(77);
  const rewards = new Float32Array(sequences);
  const lengths = new Uint32Array(sequences);
  for (let s = 0; s < sequences; s++) {
    rewards[s] = u();
    lengths[s] = 8 + Math.floor(u() * (position - 7));
  }
  const token_rewards = new Float32Array(sequences * position);
  const values = new Float32Array(sequences * position);
  for (let i = 0; i < values.length; i++) {
    token_rewards[i] = u() - 0.5;
    values[i] = 2 * u() - 1;
  }
  return { rewards, lengths, token_rewards, values };
}

/** Work of one timed step in the units of the workload's metric. */
export function unitsPerStep(workload: Workload, scale: Scale): number {
  const c = languageSizes(workload, scale);
  const sequences = c.prompts * c.group_size;
  if (workload === 'W1') return sequences * c.position;
  if (workload === 'W2') return sequences * (c.prompt_position + c.position);
  if (workload === 'W4') {
    const a = advantageSizes(scale);
    return (4 * (3 * a.sequences + 3 * a.sequences * a.position)) / 1e9;
  }
  return 1;
}
