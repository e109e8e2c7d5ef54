import { expect, test, vi } from 'vitest';
import { openNodeDevice } from '../../src/cli/device.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { Status } from '../../src/trainer/protocol.ts';
import { Run } from '../../src/trainer/run.ts';
import { Trainer } from '../../src/trainer/trainer.ts';
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

test.each([0, 64])(
  'a device that goes while a run stands or is built on it is said so, %i warm-up steps',
  async (warm_up_steps) => {
    const { device } = await openNodeDevice();
    const { limits, features } = device;
    const adapter = {
      limits,
      features,
      info: { description: 'a device that goes' },
      requestDevice: async () => device,
    };
    vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => adapter } });
    const trainer = new Trainer();
    let last: Status | undefined;
    await trainer.listen({
      rows: () => device.destroy(),
      edit: () => {},
      status: (status) => {
        last = status;
        if (status.phase === 'warming_up') device.destroy();
      },
    });
    const batch = { prompts: 2, group_size: 2, minibatches: 1, eval_every: 0, warm_up_steps };
    // where a run stood, what to do is said too; else the page opens another one
    const said =
      warm_up_steps > 0 ? /^The GPU device was lost/ : /^The GPU device was lost .* the settings are kept\.$/;
    const opening = trainer.open(defaultRun({ batch }), 'webgpu');
    if (warm_up_steps > 0) await expect(opening).rejects.toThrow(/The GPU device was lost/);
    else {
      await opening;
      await trainer.start();
    }
    await vi.waitFor(() => expect(last?.phase).toBe('failed'), { timeout: 10_000 });
    await vi.waitFor(() => expect(last?.message).toMatch(said));
    vi.unstubAllGlobals();
  },
  20_000,
);
