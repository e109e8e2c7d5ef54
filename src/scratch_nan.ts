import { CpuExecutor } from './engine/cpu.ts';
import { shaderLibrary } from './engine/library.ts';
import { launchesOf } from './engine/program.ts';
import { Run } from './trainer/run.ts';
import { slotTwins } from './trainer/slots.ts';
export async function main(argv: string[]) {
  const [task = 'arithmetic', policy = 'transformer', algorithm = 'grpo', plain = ''] = argv;
  const lib: any = shaderLibrary;
  if (plain === 'plain') lib.fastOf.clear();
  const executor = new CpuExecutor(shaderLibrary, { slots: slotTwins() });
  const run = await Run.open(executor, { task, policy, algorithm, parts: {}, hyper: {}, batch: { eval_every: 0 }, task_settings: {}, policy_settings: {}, seed: 1 } as any);
  const l: any = (run as any).training;
  const launches = launchesOf(run.program);
  for (let s = 0; s < 2; s++)
  for (let i = 0; i < l.calls.length; i++) {
    const c = l.calls[i];
    c.twin(c.call);
    for (const bnd of shaderLibrary.kernel(launches[i].kernel).bindings) {
      if (bnd.kind !== 'read_write') continue;
      const a = c.call.b[bnd.name];
      const k = a.findIndex((v: number) => !Number.isFinite(v));
      let den = 0; for (const v of a) if (v !== 0 && Math.abs(v) < 1.2e-38) den++;
      if (den > 0) console.log('step', s, i, launches[i].kernel, bnd.name, 'denormals', den, 'of', a.length);
      if (k >= 0) { console.log('step', s, i, launches[i].kernel, launches[i].bind, launches[i].at, bnd.name, k, a[k], Object.fromEntries(Object.entries(c.call.b).map(([n, v]: any) => [n, v.length + ' nonfinite ' + v.reduce((q: number, z: number) => q + (Number.isFinite(z) ? 0 : 1), 0)]))); return 0; }
    }
  }
  return 0;
}
