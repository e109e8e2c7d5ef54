import { readFileSync } from 'node:fs';
import { openNodeDevice } from './cli/device.ts';
import { CpuExecutor } from './engine/cpu.ts';
import { GpuExecutor } from './engine/gpu.ts';
import { shaderLibrary } from './engine/library.ts';
import { judgeCase, readFixtures } from './trainer/fixtures.ts';
import { slotTwins } from './trainer/slots.ts';
let seed = 7;
const rnd = (n: number) => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 8) % n;
const junk: unknown[] = [null, 'x', -1, 1e300, [], [[]], {}, true, 0.5, [1], [[1, 2]], '', [null], 1e9, [['a']]];
function mutate(x: any): any {
  if (rnd(4) === 0 || typeof x !== 'object' || x === null) return junk[rnd(junk.length)];
  const keys = Object.keys(x); if (!keys.length) return junk[rnd(junk.length)];
  const k = keys[rnd(keys.length)];
  const y = Array.isArray(x) ? [...x] : { ...x };
  if (rnd(6) === 0) { if (Array.isArray(y)) y.splice(Number(k), 1); else delete y[k]; } else (y as any)[k] = mutate(x[k]);
  return y;
}
export async function main() {
  const { device } = await openNodeDevice();
  let errs = 0; device.addEventListener('uncapturederror', (e) => { if (errs++ < 5) console.log('GPU', e.error.message.slice(0, 300)); });
  const gpu = new GpuExecutor(device, { kind: 'webgpu', adapter: 'x', is_software: true }, shaderLibrary);
  const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
  const count: Record<string, number> = {}; const notes = new Map<string, number>();
  for (const stem of ['reinforce', 'ppo', 'grpo', 'dr-grpo', 'rloo', 'sft', 'aggregation', 'kl-estimators', 'entropy-estimators']) {
    const content = JSON.parse(readFileSync(`tests/fixtures/${stem}.json`, 'utf8'));
    for (let k = 0; k < 60; k++) {
      const i = rnd(content.cases.length); const c = { ...content.cases[i] };
      const field = ['inputs', 'hyper', 'outputs', 'inputs', 'hyper'][rnd(5)];
      c[field] = mutate(c[field]);
      const r = readFixtures(stem, JSON.stringify({ cases: [c] }));
      if ('problem' in r) { console.log(r.problem); continue; }
      for (const ex of [cpu, gpu]) {
        const v = await judgeCase(ex, r.file, r.file.cases[0]);
        count[`${field} ${v.status}`] = (count[`${field} ${v.status}`] ?? 0) + 1;
        const n = `${v.status}: ${v.note.slice(0, 230)}`; notes.set(n, (notes.get(n) ?? 0) + 1);
      }
    }
  }
  console.log(count, errs);
  for (const [n] of notes) if (!/is off by/.test(n)) console.log(n);
  return 0;
}
