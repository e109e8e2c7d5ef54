import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { openCheckpoint, takeCheckpoint } from '../../src/trainer/checkpoint.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/trainer/checkpointFile.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

const cpu = () => new CpuExecutor(shaderLibrary, { slots: slotTwins() });
const config = (change: Partial<RunConfig> = {}): RunConfig =>
  defaultRun({ batch: { prompts: 4, group_size: 4, minibatches: 4 }, seed: 3, ...change });

test.each([
  config(),
  config({ algorithm: 'ppo', hyper: { kl_reward_coef: 0.1 } }),
  config({ algorithm: 'reinforce', hyper: { baseline: 2 }, batch: { replicas: 2, minibatches: 1 } }),
])('a run resumed from a checkpoint goes on bit for bit: $algorithm', async (c) => {
  const straight = await Run.open(cpu(), c);
  const rows = await straight.advance(12);
  const first = await Run.open(cpu(), c);
  await first.advance(7);
  const resumed = await openCheckpoint(cpu(), decodeCheckpoint(await takeCheckpoint(first)));
  expect(resumed.step).toBe(7);
  const rest = await resumed.advance(5);
  expect(rest.map((r) => [...r.values])).toEqual(rows.slice(7).map((r) => [...r.values]));
});

test('a changed hyperparameter and its mark are in the checkpoint', async () => {
  const run = await Run.open(cpu(), config());
  await run.advance(3);
  await run.setHyper('clip_high', 0.28);
  const resumed = await openCheckpoint(cpu(), decodeCheckpoint(await takeCheckpoint(run)));
  expect(resumed.hyperOf(0).clip_high).toBe(0.28);
  expect(resumed.edits).toEqual([
    { step: 3, text: 'clip high 0.2 → 0.28', change: { name: 'clip_high', value: 0.28 } },
  ]);
});

test('a damaged file is refused in one sentence, whatever the damage', async () => {
  const run = await Run.open(cpu(), config());
  await run.advance(1);
  const file = new Uint8Array(await takeCheckpoint(run));
  const refusal = (bytes: Uint8Array) => {
    try {
      decodeCheckpoint(bytes.slice().buffer);
    } catch (error) {
      expect((error as Error).message).toMatch(/^The file is no run saved here: .*wanted .*saved\.$/s);
      return true;
    }
    return false;
  };
  expect(refusal(new Uint8Array(0))).toBe(true);
  expect(refusal(file.slice(0, file.length - 4))).toBe(true);
  expect(refusal(new TextEncoder().encode('not a checkpoint at all, only text'))).toBe(true);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 20 }), (changes) => {
      const bytes = file.slice();
      for (const [at, value] of changes) bytes[at] = value;
      refusal(bytes); // a change may leave a readable file; it may never throw anything else
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('sizes and values that do not fit the configuration are refused', async () => {
  const run = await Run.open(cpu(), config());
  const good = decodeCheckpoint(await takeCheckpoint(run));
  const open = (change: object) => openCheckpoint(cpu(), decodeCheckpoint(encodeCheckpoint({ ...good, ...change })));
  await expect(open({ tensors: { ...good.tensors, params: new Float32Array(5) } })).rejects.toThrow(
    /found 5 weights, wanted 4096/,
  );
  await expect(open({ values: [] })).rejects.toThrow(/values of 0 replicas/);
  await expect(open({ values: [{ ...good.values[0], clip_low: 7 }] })).rejects.toThrow(/the value 7 for 'clip_low'/);
  await expect(open({ config: { ...good.config, task: 'sumtotarget' } })).rejects.toThrow(
    /Did you mean 'sum_to_target'/,
  );
});
