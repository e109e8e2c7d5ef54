/** The mathematics, checked on whatever adapter there is: kernels against twins, and both against outside numbers. */
import { CpuExecutor } from '../engine/cpu.ts';
import type { EngineInfo, Executor } from '../engine/executor.ts';
import { GpuExecutor } from '../engine/gpu.ts';
import { shaderLibrary } from '../engine/library.ts';
import { defaultRun } from './defaultRun.ts';
import { FIXTURE_TOLERANCE, type FixtureFile, judgeCase, readFixtures, type Verdict } from './fixtures.ts';
import { checkParity, PARITY_RTOL } from './parity.ts';
import type { RunConfig, SelfTestResult, SelfTestRow } from './protocol.ts';
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
): Promise<SelfTestResult> {
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
  let num_left_out = 0;
  for (const [path, load] of Object.entries(FIXTURES)) {
    const stem = path.replace(/^.*\//, '').replace(/\.json$/, '');
    await attempt('fixture', stem, async () => {
      const reading = readFixtures(stem, await load());
      if ('problem' in reading) throw new Error(reading.problem);
      const { cases } = reading.file;
      const rows = [await judgeFile(gpu, reading.file, 'WGSL'), await judgeFile(cpu, reading.file, 'twin')];
      num_left_out += Math.max(...rows.map((judged) => cases.length - judged.num_judged));
      for (const { row, num_judged } of rows) if (num_judged > 0) report(row);
    });
  }
  gpu.destroy();
  return { adapter: info.adapter, num_failed, num_left_out };
}

/** The cases of a file on one engine, as one row that says how many have no implementation, and how many have one. */
export async function judgeFile(executor: Executor, file: FixtureFile, engine: string) {
  const verdicts: Verdict[] = [];
  for (const c of file.cases) verdicts.push(await judgeCase(executor, file, c));
  const judged = verdicts.filter((v) => v.status !== 'no_implementation');
  const wrong = judged.find((v) => v.status === 'wrong');
  const num_left_out = verdicts.length - judged.length;
  const row: SelfTestRow = {
    group: 'fixture',
    name: `${file.stem}, ${engine}`,
    worst: judged.reduce((worst, v) => (Number.isNaN(v.worst) ? v.worst : Math.max(worst, v.worst)), 0),
    tolerance: FIXTURE_TOLERANCE[executor.info.kind],
    is_ok: wrong === undefined,
    note: wrong?.note ?? `${judged.length} cases${num_left_out > 0 ? `, ${num_left_out} left out` : ''}`,
  };
  return { row, num_judged: judged.length };
}
