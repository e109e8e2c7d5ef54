import { readFileSync, readdirSync } from 'node:fs';
import { openNodeDevice } from './cli/device.ts';
export async function main(argv: string[]) {
  const { device } = await openNodeDevice();
  const files = readdirSync('/tmp/mm').filter((f) => !argv[0] || f.includes(argv[0])).sort();
  for (const [rows, input, output] of [[1024, 64, 192], [64, 64, 256], [64, 256, 64]]) {
    const mk = (n: number) => device.createBuffer({ size: n * 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC });
    const x = mk(rows * input), w = mk(input * output), y = mk(rows * output);
    device.queue.writeBuffer(x, 0, Float32Array.from({ length: rows * input }, () => Math.random()));
    device.queue.writeBuffer(w, 0, Float32Array.from({ length: input * output }, () => Math.random()));
    for (const f of files) {
      const m = /(\d+)x(\d+)/.exec(f)!;
      const module = device.createShaderModule({ code: readFileSync('/tmp/mm/' + f, 'utf8') });
      const inv = Math.ceil(rows / +m[1]) * Math.ceil(output / +m[2]);
      const threads = inv < 512 ? 4 : 16;
      const t0 = performance.now();
      const p = await device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'k', constants: { count: rows, input, output, param_stride: input * output, x_stride: rows * input, y_stride: rows * output, threads } } });
      const g = device.createBindGroup({ layout: p.getBindGroupLayout(0), entries: [{ binding: 1, resource: { buffer: x } }, { binding: 2, resource: { buffer: w } }, { binding: 3, resource: { buffer: y } }] });
      const run = async (n: number) => {
        const e = device.createCommandEncoder();
        const pass = e.beginComputePass();
        pass.setPipeline(p);
        pass.setBindGroup(0, g);
        for (let i = 0; i < n; i++) pass.dispatchWorkgroups(Math.ceil(inv / threads));
        pass.end();
        device.queue.submit([e.finish()]);
        await device.queue.onSubmittedWorkDone();
      };
      await run(2);
      const compile = performance.now() - t0;
      const n = rows > 100 ? 8 : 60;
      let best = 1e9;
      for (let k = 0; k < 4; k++) {
        const c = process.cpuUsage();
        await run(n);
        const u = process.cpuUsage(c);
        best = Math.min(best, (u.user + u.system) / n);
      }
      console.log(rows, input, output, f.padEnd(12), 'cpu us', best.toFixed(0), 'GF/s/core', ((2 * rows * input * output) / best / 1000).toFixed(2), 'compile', compile.toFixed(0));
    }
  }
  return 0;
}
