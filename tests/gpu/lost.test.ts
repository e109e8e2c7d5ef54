import { expect, test } from 'vitest';
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
  run.submit();
  executor.seal();
  const rows = run.take().then(
    () => 'rows',
    (error: Error) => error.message,
  );
  executor.device.destroy();
  expect(await executor.lost).toMatch(/^The GPU device was lost \(destroyed\): .+\.$/);
  // the rows of a step that was already done may still arrive
  expect(await rows).toMatch(/^rows$|lost|destroyed|unmapped|aborted/i);
});
