const cpu = () => { const u = ((process as any).threadCpuUsage ?? process.cpuUsage).call(process); return (u.user + u.system) / 1000; };
import { CpuExecutor } from './engine/cpu.ts';
import { shaderLibrary } from './engine/library.ts';
import { launchesOf } from './engine/program.ts';
import { Run } from './trainer/run.ts';
import { slotTwins } from './trainer/slots.ts';

export async function main(argv: string[]) {
  const [task = 'arithmetic', policy = 'transformer', algorithm = 'grpo', plain = '', steps = '6', mb = '8'] = argv;
  const lib: any = shaderLibrary;
  if (plain === 'plain') lib.fastOf.clear();
  const executor = new CpuExecutor(shaderLibrary, { slots: slotTwins() });
  const run = await Run.open(executor, { task, policy, algorithm, parts: {}, hyper: {}, batch: { eval_every: 0, minibatches: Number(mb) }, task_settings: {}, policy_settings: {}, seed: 1 } as any);
  const l: any = (run as any).training;
  console.log(l.calls.length, 'launches', run.program.dims);
  const launches = launchesOf(run.program);
  const time: Record<string, [number, number]> = {};
  let total = 0;
  const n = Number(steps);
  for (let k = 0; k < n; k++) {
    const warm = k >= n / 2;
    const t00 = cpu();
    l.calls.forEach((c: any, i: number) => {
      const t0 = cpu();
      c.twin(c.call);
      if (warm) {
        const e = (time[launches[i].kernel] ??= [0, 0]);
        e[0] += cpu() - t0;
        e[1]++;
      }
    });
    if (warm) total += cpu() - t00;
  }
  const m = n - Math.ceil(n / 2);
  for (const [k, [ms, c]] of Object.entries(time).sort((a, b) => b[1][0] - a[1][0])) console.log(k.padEnd(28), (ms / m).toFixed(2), 'ms/step', c / m, 'launches');
  console.log('total', (total / m).toFixed(1), 'ms/step');
  const { metrics } = await executor.read(['metrics']);
  console.log(Array.from(metrics).map((x) => x.toFixed(3)).join(' '));
  return 0;
}
