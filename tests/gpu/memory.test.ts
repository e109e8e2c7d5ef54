import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GpuExecutor } from '../../src/engine/gpu.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import { Run } from '../../src/trainer/run.ts';
import { openGpu } from './runs.ts';

const MIB = 1048576;
/** Between the two measurements lie 9,000 steps: a leak of 100 bytes a step on the JS heap would show. */
const MAX_HEAP_GROWTH = 0.9 * MIB;
/** The driver's share. A leak of one command buffer a step (some kilobytes) would show. */
const MAX_RSS_GROWTH = 24 * MIB;

let make: () => GpuExecutor;
let errors: string[];
beforeAll(async () => {
  const gpu = await openGpu();
  ({ make, errors } = gpu);
  console.log(`memory on ${gpu.adapter}`);
});
afterAll(() => expect(errors).toEqual([]));

v8.setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function measure(run: Run): Promise<{ step: number; heap: number; rss: number; buffers: number }> {
  for (let k = 0; k < 3; k++) {
    collectGarbage();
    await new Promise((next) => setTimeout(next, 20)); // finalisers of GPU objects run between turns
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { step: run.step, heap: heapUsed + arrayBuffers, rss, buffers: run.executor.bytes };
}

test('10,000 steps need no more memory than 1,000', { timeout: 120_000 }, async () => {
  const run = await Run.open(
    make(),
    defaultRun({
      task_settings: { num_prompts: 2, modulus: 2, length: 2 },
      batch: { prompts: 1, group_size: 2, minibatches: 1, eval_every: 0 },
    }),
  );
  let last_step = -1;
  const advance = async (steps: number) => {
    for (let k = 0; k < steps / 500; k++) {
      // rows are looked at and dropped, as the worker does; what V8 keeps committed for garbage is not what is asked here
      for (const row of await run.advance(500)) last_step = row.step;
      collectGarbage();
    }
  };
  await advance(1000);
  const early = await measure(run);
  await advance(9000);
  const late = await measure(run);
  const growth = { heap: late.heap - early.heap, rss: late.rss - early.rss };
  const mib = (bytes: number) => `${(bytes / MIB).toFixed(2)} MiB`;
  console.log(
    `steps 1,000 to 10,000: heap ${mib(early.heap)} ${growth.heap < 0 ? '−' : '+'} ${mib(Math.abs(growth.heap))}, ` +
      `process ${mib(early.rss)} ${growth.rss < 0 ? '−' : '+'} ${mib(Math.abs(growth.rss))}, buffers ${late.buffers} bytes`,
  );
  expect(last_step).toBe(9999);
  expect(late.step).toBe(10_000);
  expect(late.buffers).toBe(early.buffers);
  expect(growth.heap).toBeLessThan(MAX_HEAP_GROWTH);
  expect(growth.rss).toBeLessThan(MAX_RSS_GROWTH);
  run.executor.destroy();
});
