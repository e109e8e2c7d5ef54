import { describe, expect, test } from 'vitest';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { launchesOf } from '../../src/engine/program.ts';
import type { Twin } from '../../src/engine/twin.ts';
import { slotTwins } from '../../src/trainer/slots.ts';
import { casesOf, LAYOUTS, programOf } from '../gpu/kernelCases.ts';

/** The outputs of one twin on one case; what it does not write stays NaN. */
async function outputsOf(twin: Twin, kernel: string, layout: string, which: number): Promise<Float64Array> {
  const d = LAYOUTS[layout];
  const { program, contents } = programOf(kernel, d, casesOf(kernel, d)[which]);
  const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
  await cpu.load(program);
  for (const [name, data] of Object.entries(contents)) cpu.write(name, data);
  const call = cpu.callOf(program, launchesOf(program)[0]);
  const outputs = shaderLibrary.kernel(kernel).bindings.filter((b) => b.access !== 'in');
  for (const b of outputs) if (b.access === 'out') call.b[b.name].fill(Number.NaN);
  twin(call);
  return Float64Array.from(outputs.flatMap((b) => Array.from(call.b[b.name])));
}

describe('fast siblings give what the twins give', () => {
  test.each(shaderLibrary.fastNames())('%s', async (kernel) => {
    let worst = 0;
    let num_compared = 0;
    for (const [layout, d] of Object.entries(LAYOUTS)) {
      for (let i = 0; i < casesOf(kernel, d).length; i++) {
        const want = await outputsOf(shaderLibrary.twin(kernel), kernel, layout, i);
        const got = await outputsOf(shaderLibrary.fastTwin(kernel), kernel, layout, i);
        expect(got.length).toBe(want.length);
        for (let k = 0; k < want.length; k++) {
          if (Number.isNaN(want[k]) && Number.isNaN(got[k])) continue; // neither writes it
          num_compared++;
          const error = Math.abs(got[k] - want[k]) / (1 + Math.abs(want[k]));
          if (!(error <= worst)) worst = error; // NaN too
        }
      }
    }
    expect(num_compared).toBeGreaterThan(1000);
    expect(worst).toBeLessThan(1e-12);
  });

  test('there are some, and each is another function', () => {
    expect(shaderLibrary.fastNames()).toEqual(
      expect.arrayContaining(['matmul', 'matmul_input_backward', 'matmul_weight_backward']),
    );
    for (const name of shaderLibrary.fastNames())
      expect(shaderLibrary.fastTwin(name)).not.toBe(shaderLibrary.twin(name));
  });
});
