import { openNodeDevice } from './cli/device.ts';
import { GpuExecutor } from './engine/gpu.ts';
import { shaderLibrary } from './engine/library.ts';
import { Run } from './trainer/run.ts';
export async function main(argv: string[]) {
  const { device, info } = await openNodeDevice();
  device.addEventListener('uncapturederror', (e) => console.log('GPU error', e.error.message));
  const ex = new GpuExecutor(device, { kind: 'webgpu', adapter: info.description, is_software: true }, shaderLibrary);
  const [algorithm = 'grpo', task = 'sum_to_target', policy = 'tabular', steps = '60', replicas = '1', warm = '0'] = argv;
  const t0 = performance.now();
  const run = await Run.open(ex, { task, policy, algorithm, parts: {}, task_settings: {}, policy_settings: {}, batch: { replicas: +replicas, warm_up_steps: +warm }, hyper: {}, seed: 1 });
  const i = run.info();
  console.log('open ms', performance.now() - t0, 'launches', i.num_launches, 'params', i.num_parameters, 'MB', i.bytes / 1e6);
  const t1 = performance.now();
  const rows = await run.advance(+steps);
  console.log('ms/step', (performance.now() - t1) / +steps);
  for (const r of rows) if (r.step % 10 === 0) console.log(r.step, i.metrics.map((m, k) => `${m.id} ${r.values[k].toFixed(3)}`).join(' '));
  return 0;
}
