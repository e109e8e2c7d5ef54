/** One benchmark job on one engine; runs in the browser's worker and in Node alike. */
import { CpuExecutor } from '../src/engine/cpu.ts';
import type { EngineInfo, Executor } from '../src/engine/executor.ts';
import { GpuExecutor } from '../src/engine/gpu.ts';
import { shaderLibrary } from '../src/engine/library.ts';
import { slotTwins } from '../src/trainer/slots.ts';
import { type MeasureOptions, measure } from './measure.ts';
import type { Scale, Workload } from './spec.ts';
import { checkNumbers, makeWorkload } from './workloads.ts';

export interface Job {
  kind: 'bench' | 'check' | 'profile';
  workload: Workload;
  scale: Scale;
  engine: 'webgpu' | 'cpu';
  options: MeasureOptions;
}

/** Runs a job; `open` gives the device when the engine needs one. */
export async function runJob(
  job: Job,
  open: () => Promise<{ device: GPUDevice; info: EngineInfo }>,
): Promise<Record<string, unknown>> {
  let executor: Executor;
  if (job.engine === 'cpu') executor = new CpuExecutor(shaderLibrary, { slots: slotTwins() });
  else {
    const { device, info } = await open();
    executor = new GpuExecutor(device, info, shaderLibrary);
  }
  const env = { adapter: { description: executor.info.adapter, software: executor.info.is_software } };
  if (job.kind === 'check') return { ...(await checkNumbers(executor)), env };
  if (job.kind === 'profile') return { profile: await profile(executor, job), env };
  const work = await makeWorkload(executor, job.workload, job.scale);
  return { ...(await measure(work, job.workload === 'W3', job.options)), env };
}

/** Microseconds per kernel of one step, from timestamps on the GPU or the clock on the CPU. */
async function profile(
  executor: Executor,
  job: Job,
): Promise<{ kernel: string; launches: number; microseconds: number }[]> {
  const work = await makeWorkload(new Proxy(executor, recorder), job.workload, job.scale);
  await work.step();
  await work.sync();
  const loaded = recorder.loaded;
  if (!loaded) throw new Error(`workload ${job.workload} loaded no program`);
  const launches = await executor.profile(loaded, () => 3);
  if (!launches) throw new Error('this device has no timestamps; profile on another adapter or with --engine cpu.');
  const byKernel = new Map<string, { launches: number; microseconds: number }>();
  for (const { launch, microseconds } of launches) {
    const sum = byKernel.get(launch.kernel) ?? { launches: 0, microseconds: 0 };
    sum.launches++;
    sum.microseconds += microseconds;
    byKernel.set(launch.kernel, sum);
  }
  return [...byKernel].map(([kernel, sum]) => ({ kernel, ...sum })).sort((a, b) => b.microseconds - a.microseconds);
}

/** Remembers the program that a workload loads. */
const recorder: ProxyHandler<Executor> & { loaded?: Awaited<ReturnType<Executor['load']>> } = {
  get(target, key) {
    const value = Reflect.get(target, key, target);
    if (key === 'load') {
      return async (...a: Parameters<Executor['load']>) => {
        recorder.loaded = await target.load(...a);
        return recorder.loaded;
      };
    }
    return typeof value === 'function' ? value.bind(target) : value;
  },
};
