import { expect, test } from 'vitest';
import { openNodeDevice } from '../../src/cli/device.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { GpuExecutor } from '../../src/engine/gpu.ts';
import { KernelLibrary, shaderLibrary } from '../../src/engine/library.ts';
import { checkParity } from '../../src/trainer/parity.ts';
import { slotTwins } from '../../src/trainer/slots.ts';
import { casesOf, LAYOUTS, programOf } from './kernelCases.ts';

const wgsl = import.meta.glob<string>('/shaders/**/*.wgsl', { query: '?raw', import: 'default', eager: true });
const swaps: [RegExp, string][] = [
  [/ \+ 1u/g, ' + 2u'],
  [/ - 1u/g, ''],
  [/ < /g, ' <= '],
  [/ > /g, ' >= '],
  [/ \* /g, ' + '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/ \/ /g, ' * '],
  [/ \+= /g, ' -= '],
  [/\bmember\b/g, 'prompt'],
  [/position_stride/g, 'position'],
  [/total_sequence/g, 'sequence'],
  [/, 0\.0\)/g, ', 1.0)'],
  [/max\(/g, 'min('],
  [/%/g, '/'],
  [/0u/g, '1u'],
  [/\.x\b/g, '.y'],
  [/\.y\b/g, '.x'],
  [/\.z\b/g, '.y'],
  [/1e-\d+/g, '1e-2'],
];
test('mutants', async () => {
  const { device, info } = await openNodeDevice();
  const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
  const survivors: string[] = [];
  let killed = 0,
    invalid = 0;
  const only = process.env.ONLY?.split(',');
  for (const kernel of shaderLibrary.kernelNames()) {
    if (only && !only.includes(kernel)) continue;
    const file = `/shaders/kernels/${kernel}.wgsl`;
    const text = wgsl[file];
    const lines = text.split('\n');
    const start = lines.findIndex((l) => l.startsWith('@compute'));
    for (let n = 0; n < lines.length; n++) {
      if (n <= start + 1 || lines[n].trim().startsWith('//') || lines[n].trim() === '') continue;
      const code = lines[n].split('//')[0];
      for (const [from, to] of swaps) {
        const hits = [...code.matchAll(from)];
        for (const hit of hits.slice(0, 2)) {
          const line = code.slice(0, hit.index) + to + code.slice(hit.index + hit[0].length);
          const mutated = [...lines.slice(0, n), line, ...lines.slice(n + 1)].join('\n');
          const library = new KernelLibrary({ wgsl: { ...wgsl, [file]: mutated }, twins: {}, fast: {} });
          const gpu = new GpuExecutor(device, { kind: 'webgpu', adapter: '', is_software: info.software }, library, {
            has_guards: true,
          });
          let found = false;
          try {
            outer: for (const d of [
              'primes, three replicas',
              'one of everything',
              '65 responses',
              '63 responses, two mask words',
            ].map((k) => LAYOUTS[k]))
              for (const c of casesOf(kernel, d)) {
                const { program, contents } = programOf(kernel, d, c);
                gpu.keepOnly([await gpu.load(program)]);
                for (const [name, data] of Object.entries(contents)) gpu.write(name, data);
                const r = await checkParity(program, gpu, cpu);
                if (r.failures.length > 0) {
                  found = true;
                  break outer;
                }
              }
            if (found) killed++;
            else survivors.push(`${kernel}:${n + 1} ${line.trim()}   <- ${code.trim()}`);
          } catch {
            invalid++;
          }
          gpu.destroy();
        }
      }
    }
  }
  console.log(killed, 'killed', invalid, 'invalid', survivors.length, 'survived\n' + survivors.join('\n'));
  expect(1).toBe(1);
}, 1_200_000);
