import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { algorithms } from '../../src/algorithms/index.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { launchesOf } from '../../src/engine/program.ts';
import type { Numbers } from '../../src/engine/twin.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import { checkParity, type KernelParity } from '../../src/trainer/parity.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';
import { homeOf, openGpu } from './runs.ts';

let gpu: Awaited<ReturnType<typeof openGpu>>;
const seen = new Map<string, KernelParity>();

beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => {
  const rows = [...seen.values()].sort((a, b) => b.worst - a.worst);
  const text = rows.map((k) => `${k.kernel} ${k.worst.toExponential(1)}${k.edges ? ` (${k.edges} edges)` : ''}`);
  console.log(`${seen.size} kernels on ${gpu.adapter}; worst relative errors: ${text.join(', ')}`);
});

const small = { prompts: 4, group_size: 2, minibatches: 2, epochs: 2, replicas: 2, eval_every: 0 };
const tiny = { layers: 2, width: 16, heads: 2 };
const runs: { policy: string; algorithm: string; hyper: Record<string, number>; batch?: Record<string, number> }[] = [
  { policy: 'tabular', algorithm: 'grpo', hyper: { kl_coef: 0.1, entropy_coef: 0.01 }, batch: { entropy_watch: 1 } },
  { policy: 'tabular', algorithm: 'ppo', hyper: { kl_reward_coef: 0.1, gae_lambda: 0.9, discount: 0.95 } },
  { policy: 'tabular', algorithm: 'reinforce', hyper: {} },
  {
    policy: 'transformer',
    algorithm: 'grpo',
    hyper: { kl_coef: 0.1, entropy_coef: 0.01 },
    batch: { entropy_watch: 1 },
  },
  { policy: 'transformer', algorithm: 'ppo', hyper: { kl_reward_coef: 0.1, gae_lambda: 0.9, discount: 0.95 } },
  { policy: 'transformer', algorithm: 'sft', hyper: {} },
  { policy: 'tabular', algorithm: 'clip_cov', hyper: { covariance_low: 0.01 } },
  { policy: 'tabular', algorithm: 'kl_cov', hyper: {} },
  { policy: 'tabular', algorithm: 'entropy_advantage', hyper: {} },
  { policy: 'transformer', algorithm: 'dapo', hyper: {} },
  { policy: 'tabular', algorithm: 'simplevla_rl', hyper: {} },
  { policy: 'tabular', algorithm: 'expert_iteration', hyper: { max_kept: 2 } },
];

/** The contents of the double-precision engine, as the GPU holds them. */
const float32 = (buffers: Record<string, Numbers>) =>
  Object.fromEntries(
    Object.entries(buffers).map(([k, v]) => [k, v instanceof Float64Array ? Float32Array.from(v) : v]),
  );

describe('every dispatch of a step against its twin', () => {
  test.each(runs)('$policy $algorithm', async ({ policy, algorithm, hyper, batch }) => {
    const executor = gpu.make({ has_guards: true });
    const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
    const task = algorithm === 'ppo' ? 'guess_number' : 'sum_to_target';
    const policy_settings = policy === 'transformer' ? tiny : {};
    const run = await Run.open(
      executor,
      defaultRun({ task, policy, algorithm, hyper, policy_settings, batch: { ...small, ...batch } }),
    );
    await run.advance(2); // weights and moments that a step has moved
    const report = await checkParity(run.program, executor, cpu, { is_hostile: true });
    for (const k of report.kernels) {
      const known = seen.get(k.kernel);
      if (!known || known.worst < k.worst) seen.set(k.kernel, k);
    }
    expect(report.failures).toEqual([]);
    expect(report.kernels.length).toBeGreaterThan(10);
    expect(gpu.errors).toEqual([]);
    executor.destroy();
  });
});

describe('every algorithm, tabular', () => {
  test.each(Object.keys(algorithms))('%s', async (algorithm) => {
    const executor = gpu.make({ has_guards: true });
    const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
    const home = homeOf(algorithm);
    const batch = { prompts: 4, group_size: 4, minibatches: 2, epochs: 1, replicas: 2, eval_every: 0 };
    const run = await Run.open(executor, defaultRun({ ...home, batch: { ...home.batch, ...batch, warm_up_steps: 2 } }));
    await run.advance(2);
    const report = await checkParity(run.program, executor, cpu, { is_hostile: true });
    expect(report.failures).toEqual([]);
    // every kernel of the step was compared, and had something to compare
    const launched = new Set(launchesOf(run.program).map(({ kernel }) => kernel));
    expect(new Set(report.kernels.map((k) => k.kernel))).toEqual(launched);
    for (const k of report.kernels) expect(k.elements, k.kernel).toBeGreaterThan(0);
    expect(gpu.errors).toEqual([]);
    executor.destroy();
  });

  test('rollouts by older weights, and groups of which only some are kept', async () => {
    const executor = gpu.make({ has_guards: true });
    const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
    const batch = { prompts: 4, group_size: 4, minibatches: 2, replicas: 2, eval_every: 0, staleness: 2 };
    const run = await Run.open(executor, defaultRun({ batch }));
    await run.advance(4);
    const report = await checkParity(run.program, executor, cpu, { is_hostile: true });
    expect(report.failures).toEqual([]);
    expect(report.kernels.map((k) => k.kernel)).toContain('lag_params');
    executor.destroy();
  });
});

describe('evaluation by samples', () => {
  test.each(['sum_to_target', 'answer_formats', 'one_answer'])('%s', async (task) => {
    const executor = gpu.make({ has_guards: true });
    const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
    const batch = { prompts: 4, group_size: 4, minibatches: 2, replicas: 2, eval_every: 2, eval_samples: 9 };
    const run = await Run.open(executor, defaultRun({ task, batch }));
    await run.advance(3);
    const [sampling] = run.evaluationPrograms.filter((program) => program.id === 'samples');
    const report = await checkParity(sampling, executor, cpu, { is_hostile: true });
    expect(report.failures).toEqual([]);
    expect(report.kernels.map((k) => k.kernel)).toContain('kind_metrics');
    const probed = await run.probe({});
    const ids = Object.keys(probed);
    expect(ids).toEqual(expect.arrayContaining(['accuracy', 'pass_at_1', 'pass_at_8', 'maj_at_n', 'distinct_correct']));
    expect(ids).not.toContain('pass_at_16'); // nine samples say nothing about sixteen
    expect(ids.includes('kind_share_1')).toBe(task !== 'sum_to_target');
    for (const metric of ids) for (const x of probed[metric]) expect(x).toBeGreaterThanOrEqual(0);
    expect(probed.pass_at_8[0]).toBeGreaterThanOrEqual(probed.pass_at_1[0]);
    executor.destroy();
  });
});

describe('three steps end to end on both engines', () => {
  test.each(['tabular', 'transformer'])('%s', async (policy) => {
    const config = defaultRun({
      ...{ policy, algorithm: 'grpo', hyper: { kl_coef: 0.1 }, policy_settings: policy === 'transformer' ? tiny : {} },
      batch: { ...small, group_size: 8, eval_every: 2 },
    });
    const executor = gpu.make();
    const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
    const [a, b] = [await Run.open(executor, config), await Run.open(cpu, config)];
    const [rows, wanted] = [await a.advance(3), await b.advance(3)];
    const names = ['tokens', 'token_mask', 'length', 'prompt_index', 'rewards'];
    expect(await executor.read(names)).toEqual(float32(await cpu.read(names)));
    let worst = 0;
    let num_compared = 0;
    expect(rows.map(({ step }) => step)).toEqual([0, 1, 2]);
    for (const [k, row] of rows.entries()) {
      for (const [m, value] of row.values.entries()) {
        const want = wanted[k].values[m];
        if (Number.isNaN(want) && Number.isNaN(value)) continue; // not measured at this step
        num_compared++;
        const error = Math.abs(value - want) / (0.01 + Math.abs(want));
        if (!(error <= worst)) worst = error;
      }
    }
    expect(num_compared).toBeGreaterThan(3 * 10);
    expect(worst).toBeLessThan(1e-3);
    executor.destroy();
  });
});
