import { makeWorkload } from '../bench/workloads.ts';
import { openNodeDevice } from './cli/device.ts';
import { GpuExecutor } from './engine/gpu.ts';
import { shaderLibrary } from './engine/library.ts';
export async function main(argv: string[]) {
  const { device } = await openNodeDevice();
  const counts: Record<string, number> = { W1: 8, W2: 4, W3: 4, W4: 200, W6: 200 };
  for (const w of argv.filter((a) => a.startsWith('W'))) {
    const ex = new GpuExecutor(device, { kind: 'webgpu', adapter: 'x', is_software: argv[0] !== 'narrow' }, shaderLibrary);
    const work = await makeWorkload(ex, w as 'W1', 'small');
    for (let k = 0; k < counts[w] / 4; k++) await work.step();
    await work.sync();
    const out: string[] = [];
    for (let b = 0; b < 4; b++) {
      const c = process.cpuUsage();
      const t = performance.now();
      for (let k = 0; k < counts[w]; k++) await work.step();
      await work.sync();
      const u = process.cpuUsage(c);
      out.push(`${((u.user + u.system) / 1000 / counts[w]).toFixed(2)}(${((performance.now() - t) / counts[w]).toFixed(2)})`);
    }
    console.log(w, 'cpu(wall) ms/step', out.join(' '));
  }
  return 0;
}
