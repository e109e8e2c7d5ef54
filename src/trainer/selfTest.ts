/** The mathematics, checked on whatever adapter there is: kernels against twins, and both against outside numbers. */
import type { EngineInfo } from '../engine/executor.ts';
import { compileErrors, joinKernel } from '../engine/join.ts';
import { shaderLibrary } from '../engine/library.ts';
import type { SelfTestRow } from './protocol.ts';

/** Runs every check and reports each as it ends. */
export async function selfTest(device: GPUDevice, info: EngineInfo, onRow: (row: SelfTestRow) => void): Promise<{ adapter: string; num_failed: number }> {
  let num_failed = 0;
  const report = (row: SelfTestRow) => {
    if (!row.is_ok) num_failed++;
    onRow(row);
  };
  for (const kernel of shaderLibrary.kernelNames()) {
    const { slots } = shaderLibrary.kernel(kernel);
    const first = Object.fromEntries(slots.map((slot) => [slot, shaderLibrary.partsOf(slot)[0]]));
    const joined = joinKernel(shaderLibrary, kernel, first, ['unused']);
    const errors = await compileErrors(joined, device.createShaderModule({ code: joined.code }));
    report({ group: 'compile', name: kernel, worst: errors.length, tolerance: 0, is_ok: errors.length === 0, note: errors[0] ?? '' });
  }
  return { adapter: info.adapter, num_failed };
}
