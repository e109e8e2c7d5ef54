import { expect, test, vi } from 'vitest';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import { Run } from '../../src/trainer/run.ts';
import { openGpu } from './runs.ts';

test('a lost device is said in one sentence, and nobody waits for its rows for ever', async () => {
  const { make } = await openGpu();
  const executor = make();
  const run = await Run.open(
    executor,
    defaultRun({ batch: { prompts: 2, group_size: 2, minibatches: 1, eval_every: 0 } }),
  );
  await run.advance(2);
  const waiting = () => {
    run.submit();
    executor.seal();
    return run.take().then(
      () => 'rows',
      (error: Error) => error.message,
    );
  };
  // rows of a step that was done in time may still arrive, so that only the end of the wait is sure
  const in_time = waiting();
  executor.device.destroy();
  const why = await executor.lost;
  expect(why).toMatch(/^The GPU device was lost \(destroyed\): .+\.$/);
  await in_time;
  // what is asked of a lost device never comes, and why is said
  expect(await waiting()).toBe(why);
}, 20_000);

test('a wait for rows that the driver never answers ends with the reason', async () => {
  const { make } = await openGpu();
  const executor = make();
  const run = await Run.open(
    executor,
    defaultRun({ batch: { prompts: 2, group_size: 2, minibatches: 1, eval_every: 0 } }),
  );
  const mapAsync = vi.spyOn(GPUBuffer.prototype, 'mapAsync').mockReturnValue(new Promise(() => {}));
  run.submit();
  executor.seal();
  const rows = run.take();
  mapAsync.mockRestore();
  executor.device.destroy();
  await expect(rows).rejects.toThrow(await executor.lost);
}, 20_000);
