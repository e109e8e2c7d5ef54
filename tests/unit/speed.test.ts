/** The speed limit of the trainer: kept, and changed at any moment. */
import { afterEach, expect, test, vi } from 'vitest';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { RowBatch } from '../../src/trainer/protocol.ts';
import { Trainer } from '../../src/trainer/trainer.ts';

const SMALL = defaultRun({ batch: { prompts: 2, group_size: 2, minibatches: 1, eval_every: 0 } });

/** A running trainer with a limit, and how many rows have come of it. */
async function limited(steps_per_second: number) {
  const trainer = new Trainer();
  const seen = { rows: 0 };
  const rows = ({ steps }: RowBatch) => {
    seen.rows += steps.length;
  };
  await trainer.listen({ rows, status: () => {}, edit: () => {} });
  await trainer.setSpeed(steps_per_second);
  await trainer.open(SMALL, 'cpu');
  await trainer.start();
  return { trainer, seen };
}
const reach = (seen: { rows: number }, rows: number) =>
  vi.waitFor(() => expect(seen.rows).toBeGreaterThanOrEqual(rows), { timeout: 15_000 });
afterEach(() => vi.unstubAllGlobals());

test('a limit is kept, and another one does not wait for it', async () => {
  const { trainer, seen } = await limited(0.01);
  await reach(seen, 1);
  expect(seen.rows).toBe(1); // the next step would come after 100 s
  await trainer.setSpeed(0);
  await reach(seen, 20);
  await trainer.pause();
});

test('a limit that is lifted between a step and its rest stops nothing', async () => {
  const { trainer, seen } = await limited(20);
  await reach(seen, 1);
  let is_lifted = false;
  // what the trainer waits with after a step, with the message of the page before its own
  vi.stubGlobal(
    'MessageChannel',
    class {
      readonly port1 = { onmessage: () => {}, close: () => {} };
      readonly port2 = {
        postMessage: () => {
          if (!is_lifted) void trainer.setSpeed(0);
          is_lifted = true;
          setTimeout(() => this.port1.onmessage(), 0);
        },
      };
    },
  );
  await vi.waitFor(() => expect(is_lifted).toBe(true), { timeout: 15_000 });
  await reach(seen, seen.rows + 20);
  await trainer.pause();
});
