import { expect, test } from 'vitest';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

test('replicas that vote together are asked the same, even where their knobs for choosing prompts differ', async () => {
  const executor = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
  const run = await Run.open(executor, {
    ...{ task: 'sum_to_target', policy: 'tabular', algorithm: 'rlccf', parts: { source: 'prompt_subset' }, seed: 1 },
    ...{ task_settings: {}, policy_settings: {}, hyper: { subset_size: 8 } },
    batch: { prompts: 16, group_size: 2, replicas: 2, minibatches: 1, eval_every: 0 },
  });
  await run.setHyper('subset_size', 2, 1);
  await run.advance(1);
  const { prompt_index } = await executor.read(['prompt_index']);
  expect(new Set(prompt_index.subarray(0, 16)).size).toBeGreaterThan(2);
  expect(Array.from(prompt_index.subarray(16))).toEqual(Array.from(prompt_index.subarray(0, 16)));
});
