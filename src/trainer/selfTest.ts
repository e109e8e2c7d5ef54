/** The mathematics, checked on whatever adapter there is: kernels against twins, and both against outside numbers. */
import { CpuExecutor } from '../engine/cpu.ts';
import type { EngineInfo } from '../engine/executor.ts';
import { GpuExecutor } from '../engine/gpu.ts';
import { shaderLibrary } from '../engine/library.ts';
import { defaultRun } from './defaultRun.ts';
import { FIXTURE_TOLERANCE, judgeCase, readFixtures } from './fixtures.ts';
import { checkParity, PARITY_RTOL } from './parity.ts';
import type { RunConfig, SelfTestRow } from './protocol.ts';
import { Run } from './run.ts';
import { slotTwins } from './slots.ts';

/** Outside numbers; loaded only when somebody asks for the test. */
const FIXTURES = import.meta.glob<string>('/tests/fixtures/*.json', { query: '?raw', import: 'default' });

/** Runs whose every dispatch is compared; between them they use every kernel of a training step. */
const RUNS: Record<string, Partial<RunConfig>> = {
  'grpo, tabular': {
    algorithm: 'grpo',
    policy: 'tabular',
    batch: { minibatches: 4 },
    hyper: { kl_coef: 0.05, entropy_coef: 0.01 },
  },
  'ppo, transformer': {
    algorithm: 'ppo',
    policy: 'transformer',
    batch: { minibatches: 2, epochs: 2 },
    hyper: { kl_reward_coef: 0.05 },
  },
  'grpo, transformer': { algorithm: 'grpo', policy: 'transformer', batch: { minibatches: 1, replicas: 2 } },
  'reinforce, arithmetic': {
    algorithm: 'reinforce',
    policy: 'transformer',
    task: 'arithmetic',
    task_settings: { digits: 1 },
  },
  'sft, sort': { algorithm: 'sft', policy: 'transformer', task: 'sort' },
};
const SMALL_BATCH = { prompts: 4, group_size: 4, eval_every: 0 };
const SMALL_POLICY = { layers: 2, width: 32, heads: 2 };

function configOf(change: Partial<RunConfig>): RunConfig {
  return defaultRun({
    seed: 7,
    ...change,
    batch: { ...SMALL_BATCH, ...change.batch },
    policy_settings: change.policy === 'transformer' ? SMALL_POLICY : {},
  });
}

/** Runs every check and reports each as it ends. */
export async function selfTest(
  device: GPUDevice,
  info: EngineInfo,
  onRow: (row: SelfTestRow) => void,
): Promise<{ adapter: string; num_failed: number }> {
  let num_failed = 0;
  const report = (row: SelfTestRow) => {
    if (!row.is_ok) num_failed++;
    onRow(row);
  };
  const twins = () => new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
  const attempt = async (group: string, name: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      report({ group, name, worst: Number.NaN, tolerance: 0, is_ok: false, note: (error as Error).message });
    }
  };

  for (const [name, change] of Object.entries(RUNS)) {
    await attempt('kernel', name, async () => {
      const gpu = new GpuExecutor(device, info, shaderLibrary, { has_guards: true });
      try {
        const run = await Run.open(gpu, configOf(change));
        await run.advance(2);
        const parity = await checkParity(run.program, gpu, twins());
        for (const k of parity.kernels) {
          const wrong = parity.failures.find((f) => f.includes(`(${k.kernel})`));
          report({
            group: 'kernel',
            name: `${k.kernel}, ${name}`,
            worst: k.worst,
            tolerance: PARITY_RTOL,
            is_ok: k.num_wrong === 0 && wrong === undefined,
            note: wrong ?? `${k.elements} values in ${k.dispatches} dispatches`,
          });
        }
        for (const buffer of parity.broken_guards) {
          report({
            group: 'kernel',
            name,
            worst: Number.NaN,
            tolerance: 0,
            is_ok: false,
            note: `a kernel wrote behind the end of '${buffer}'`,
          });
        }
      } finally {
        gpu.destroy();
      }
    });
  }

  const gpu = new GpuExecutor(device, info, shaderLibrary);
  const cpu = twins();
  for (const [path, load] of Object.entries(FIXTURES)) {
    const stem = path.replace(/^.*\//, '').replace(/\.json$/, '');
    await attempt('fixture', stem, async () => {
      const reading = readFixtures(stem, await load());
      if ('problem' in reading) {
        if (reading.is_wrong)
          report({
            group: 'fixture',
            name: stem,
            worst: Number.NaN,
            tolerance: 0,
            is_ok: false,
            note: reading.problem,
          });
        return;
      }
      for (const [engine, executor] of [
        ['WGSL', gpu],
        ['twin', cpu],
      ] as const) {
        let worst = 0;
        let count = 0;
        const tolerance = FIXTURE_TOLERANCE[executor.info.kind];
        const wrong: string[] = [];
        for (const c of reading.file.cases) {
          const verdict = await judgeCase(executor, reading.file, c);
          if (verdict.status === 'no_implementation') continue;
          count++;
          worst = Number.isNaN(verdict.worst) ? Number.NaN : Math.max(worst, verdict.worst);
          if (verdict.status === 'wrong') wrong.push(verdict.note);
        }
        if (count === 0) continue;
        report({
          group: 'fixture',
          name: `${stem}, ${engine}`,
          worst,
          tolerance,
          is_ok: wrong.length === 0,
          note: wrong[0] ?? `${count} cases`,
        });
      }
    });
  }
  gpu.destroy();
  return { adapter: info.adapter, num_failed };
}
