import { describe, expect, test } from 'vitest';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { randomBits, randomNormal } from '../../src/engine/random.ts';
import { buildStep } from '../../src/trainer/builder.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { hyperNames, hyperRow, resolve } from '../../src/trainer/resolve.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

/**
 * d loss / d weights by finite differences, through forward, parts and backward as the builder assembles them.
 * In double precision a central difference over 2·1e-5 is good to about 1e-9.
 */
const H = 1e-5;
const RTOL = 2e-6;
const NUM_PARAMETERS = 60;

const tiny = { width: 16, heads: 2 };
const batch = { prompts: 2, group_size: 4, epochs: 1, replicas: 1, eval_every: 0 };
const cases: Record<string, Partial<RunConfig>> = {
  'tabular, REINFORCE': { policy: 'tabular', algorithm: 'reinforce' },
  'one layer, REINFORCE with entropy and KL': {
    algorithm: 'reinforce',
    parts: { regulariser: 'kl_k3' },
    hyper: { entropy_coef: 0.05, kl_coef: 0.2, temperature: 0.8 },
    policy_settings: { layers: 1, ...tiny },
  },
  'two layers, GRPO, second minibatch': {
    algorithm: 'grpo',
    hyper: { entropy_coef: 0.02, kl_coef: 0.1, temperature: 1.3 },
    policy_settings: { layers: 2, ...tiny },
    batch: { minibatches: 2 },
  },
  'two layers, sequence ratio, k2': {
    algorithm: 'rloo',
    parts: { stabiliser: 'sequence_clip', regulariser: 'kl_k2' },
    hyper: { kl_coef: 0.1 },
    policy_settings: { layers: 2, ...tiny },
  },
  'one layer, PPO with a value head, forced symbols': {
    task: 'guess_number',
    algorithm: 'ppo',
    hyper: { entropy_coef: 0.03, gae_lambda: 0.9 },
    policy_settings: { layers: 1, ...tiny },
    batch: { minibatches: 2 },
  },
  'tabular, FlowRL with log Z, constant weights': {
    policy: 'tabular',
    algorithm: 'flowrl',
    hyper: { weight_min: 1, weight_max: 1, entropy_coef: 0.02 },
  },
  'one layer, FlowRL with log Z, second minibatch': {
    algorithm: 'flowrl',
    hyper: { weight_min: 1, weight_max: 1 },
    policy_settings: { layers: 1, ...tiny },
    batch: { minibatches: 2 },
  },
  'tabular, NFT with a low floor': { policy: 'tabular', algorithm: 'nft', hyper: { nft_floor: 0.01 } },
  'tabular, NFT on whole responses': {
    policy: 'tabular',
    algorithm: 'nft',
    hyper: { nft_floor: 0.01, nft_ratio: 1, nft_negative_weight: 0.5 },
  },
  'tabular, LUFFY': { policy: 'tabular', algorithm: 'luffy', hyper: { entropy_coef: 0.02 } },
  'tabular, LUFFY without shaping': { policy: 'tabular', algorithm: 'luffy', hyper: { shaping: 0 } },
  'tabular, HPT': { policy: 'tabular', algorithm: 'hpt', hyper: { entropy_coef: 0.02, gate: 1, sft_coef: 0.7 } },
  'tabular, Clip-Cov': { policy: 'tabular', algorithm: 'clip_cov', hyper: { covariance_low: 0.01 } },
  'one layer, KL-Cov': { algorithm: 'kl_cov', policy_settings: { layers: 1, ...tiny } },
  'tabular, PPO with a value column': { policy: 'tabular', algorithm: 'ppo', hyper: { entropy_coef: 0.03 } },
};

/** An update program on a finished rollout, with weights that have moved since, and its loss as a function of them. */
async function updateOf(change: Partial<RunConfig>) {
  const config = defaultRun({
    policy: 'transformer',
    seed: 3,
    ...change,
    batch: { ...batch, minibatches: 1, ...change.batch },
    hyper: { learning_rate: 1e-6, ...change.hyper },
  });
  const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
  const run = await Run.open(cpu, config);
  await run.advance(1);
  const r = resolve(config);
  const plan = { ...r, hyper: hyperNames(r), has_ref_logp: false, choose_prompt: 'by_source' as const };
  const before = await cpu.read(['recorded', 'params', 'advantage', 'clock']);
  const program = buildStep(plan, ['update']);
  const loaded = await cpu.load(program);
  const { num_parameters } = r.policy;
  const moved = Float64Array.from(before.params, (x, i) => x + 0.03 * randomNormal(1, 9, i));
  if (program.buffers.mb_sequence_index.origin === 'host')
    cpu.write(
      'mb_sequence_index',
      Uint32Array.from({ length: program.dims.mb_sequence }, (_, i) => i),
    );
  // rewards of an untrained policy are often all 0: any advantage will do, and an anchor that is not the policy
  cpu.write(
    'advantage',
    Float64Array.from(before.advantage, (_, i) => randomNormal(2, 9, i)),
  );
  cpu.write(
    'recorded',
    Float64Array.from(before.recorded, (x, i) =>
      i % 4 === 2 && before.recorded[i - 1] !== 0 ? before.recorded[i - 1] + 0.3 * randomNormal(3, 9, i) : x,
    ),
  );
  if (program.buffers.token_advantage)
    cpu.write(
      'token_advantage',
      Float64Array.from(
        { length: program.dims.sequence * program.dims.position_stride },
        (_, i) => 0.4 * randomNormal(4, 9, i),
      ),
    );
  cpu.write('hypers', Float64Array.from(hyperRow(r, { ...r.values, learning_rate: 0, weight_decay: 0 })));
  const at = async (params: Float64Array): Promise<number> => {
    cpu.write('params', params);
    if (program.buffers.clock) cpu.write('clock', before.clock); // the same minibatches each time
    cpu.run(loaded);
    const { mb_sequence_index, token_stat, value_stat } = await cpu.read([
      'mb_sequence_index',
      'token_stat',
      ...(program.buffers.value_stat ? ['value_stat'] : []),
    ]);
    const { position_stride: stride } = program.dims;
    let loss = 0;
    for (const s of mb_sequence_index) {
      for (let t = s * stride; t < (s + 1) * stride; t++)
        loss += token_stat[t * 8 + 2] + (value_stat ? r.values.value_coef * value_stat[t * 4] : 0);
    }
    return loss;
  };
  const loss = await at(moved);
  const { gradient, token_stat } = await cpu.read(['gradient', 'token_stat']);
  const stats = Array.from(token_stat);
  return { tensors: r.policy.tensors, num_parameters, moved, at, loss, gradient: Array.from(gradient), stats };
}

describe('gradients against finite differences', () => {
  test.each(Object.entries(cases))('%s', async (_name, change) => {
    const { tensors, num_parameters, moved, at, loss, gradient } = await updateOf(change);
    expect(Number.isFinite(loss) && loss !== 0).toBe(true);
    const largest = Math.max(...gradient.map(Math.abs));
    expect(largest).toBeGreaterThan(1e-4);
    const wrong: string[] = [];
    for (const tensor of tensors) {
      const size = tensor.shape.reduce((a, b) => a * b, 1);
      const mine = Array.from({ length: size }, (_, i) => tensor.offset + i);
      // the steepest of each tensor, and some others
      const chosen = new Set(mine.sort((a, b) => Math.abs(gradient[b]) - Math.abs(gradient[a])).slice(0, 2));
      const more = Math.max(
        2,
        Math.ceil((NUM_PARAMETERS * size) / num_parameters),
        Math.ceil(NUM_PARAMETERS / tensors.length) - 2,
      );
      for (let k = 0; k < more; k++) chosen.add(tensor.offset + (randomBits(5, tensor.offset, 9, k, 0) % size));
      for (const i of chosen) {
        const ends = [];
        for (const side of [H, -H]) {
          const params = moved.slice();
          params[i] += side;
          ends.push(await at(params));
        }
        const slope = (ends[0] - ends[1]) / (2 * H);
        if (!(Math.abs(slope - gradient[i]) <= RTOL * (Math.abs(slope) + largest))) {
          wrong.push(`${tensor.name}[${i - tensor.offset}]: gradient ${gradient[i]}, slope of the loss ${slope}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

test('an update on the activations that the rollout kept has the gradient of a fresh forward pass', async () => {
  const config = defaultRun({
    policy: 'transformer',
    algorithm: 'reinforce',
    task_settings: { modulus: 2 },
    policy_settings: { layers: 2, ...tiny },
    batch: { ...batch, minibatches: 1 },
    hyper: { entropy_coef: 0.05 },
    seed: 3,
  });
  const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
  const run = await Run.open(cpu, config);
  const { params } = await cpu.read(['params']);
  await run.advance(1);
  const kept = Array.from((await cpu.read(['gradient'])).gradient);
  const r = resolve(config);
  const program = buildStep({ ...r, hyper: hyperNames(r), has_ref_logp: false, choose_prompt: 'by_source' }, [
    'update',
  ]);
  expect(run.program.buffers.mb_logits).toBeUndefined();
  expect(program.buffers.mb_logits).toBeDefined();
  const loaded = await cpu.load(program);
  cpu.write(
    'mb_sequence_index',
    Uint32Array.from({ length: program.dims.mb_sequence }, (_, i) => i),
  );
  cpu.write('params', params);
  cpu.run(loaded);
  const fresh = Array.from((await cpu.read(['gradient'])).gradient);
  const largest = Math.max(...fresh.map(Math.abs));
  expect(largest).toBeGreaterThan(1e-3);
  expect(Math.max(...fresh.map((g, i) => Math.abs(g - kept[i])))).toBeLessThan(1e-10 * largest);
});
