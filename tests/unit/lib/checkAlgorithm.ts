/** Command of a test: is the program of an algorithm sound, and do its kernels agree with their twins? Prints JSON. */

import { openNodeDevice } from '../../../src/cli/device.ts';
import { check } from '../../../src/engine/check.ts';
import { CpuExecutor } from '../../../src/engine/cpu.ts';
import { GpuExecutor } from '../../../src/engine/gpu.ts';
import { shaderLibrary } from '../../../src/engine/library.ts';
import { printProgram } from '../../../src/engine/program.ts';
import { defaultRun } from '../../../src/trainer/defaultRun.ts';
import { checkParity } from '../../../src/trainer/parity.ts';
import { Run } from '../../../src/trainer/run.ts';
import { slotTwins } from '../../../src/trainer/slots.ts';

/** `argv[0]` is the algorithm's id. */
export async function main(argv: string[]): Promise<number> {
  const { device, info } = await openNodeDevice();
  const adapter = info.description || info.architecture;
  const gpu = new GpuExecutor(device, { kind: 'webgpu', adapter, is_software: info.software }, shaderLibrary, {
    has_guards: true,
  });
  const run = await Run.open(gpu, defaultRun({ algorithm: argv[0], batch: { eval_every: 0 } }));
  await run.advance(2);
  const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
  const { kernels, failures } = await checkParity(run.program, gpu, cpu);
  const complaints = check(run.program, shaderLibrary);
  console.log(JSON.stringify({ adapter, program: printProgram(run.program), complaints, failures, kernels }));
  return 0;
}
