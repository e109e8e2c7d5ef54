/** A run that takes long to open can be given up: the former one is there again, as it was. And what a trainer does in which order. */
import { describe, expect, test } from 'vitest';
import { makeLab } from '../../src/state/lab.ts';
import { registries } from '../../src/state/registries.ts';
import { DEFAULT_SETUP } from '../../src/state/setupStore.ts';
import type { RowBatch, RunConfig, Status } from '../../src/trainer/protocol.ts';
import { Trainer } from '../../src/trainer/trainer.ts';

const quick: RunConfig = {
  ...DEFAULT_SETUP.config,
  batch: { prompts: 2, group_size: 2, minibatches: 1, eval_every: 0 },
};
const slow: RunConfig = { ...quick, seed: 9, batch: { ...quick.batch, warm_up_steps: 2000 } };

/** A trainer whose rows and statuses are kept, and which is told to cancel at the n-th sign of a warm-up. */
async function watchedTrainer(cancel_at = 2) {
  const trainer = new Trainer();
  const steps: number[] = [];
  const statuses: Status[] = [];
  let warm = 0;
  await trainer.listen({
    rows: (batch: RowBatch) => void steps.push(...batch.steps),
    status: (status) => {
      statuses.push(status);
      if (status.phase === 'warming_up' && ++warm === cancel_at) void trainer.cancel();
    },
    edit: () => {},
  });
  return { trainer, steps, statuses };
}

describe('a trainer', () => {
  test('goes back to the former run at its step, with its weights', async () => {
    const { trainer, steps, statuses } = await watchedTrainer();
    await trainer.open(quick, 'cpu');
    await trainer.step();
    await trainer.step();
    await expect(trainer.open(slow, 'cpu')).rejects.toMatchObject({ name: 'Cancelled' });
    expect(statuses.at(-1)).toMatchObject({ phase: 'paused', step: 2 });
    const progress = statuses.filter(({ phase }) => phase === 'warming_up').map((status) => status.progress);
    expect(Math.max(...progress)).toBeLessThan(0.5);
    await trainer.step();
    expect(steps).toEqual([0, 1, 2]);
    const undisturbed = await watchedTrainer();
    await undisturbed.trainer.open(quick, 'cpu');
    for (let k = 0; k < 3; k++) await undisturbed.trainer.step();
    expect(new Uint8Array(await trainer.checkpoint())).toEqual(new Uint8Array(await undisturbed.trainer.checkpoint()));
  });

  test('gives up a reset that warms up again, too', async () => {
    const { trainer, statuses } = await watchedTrainer(5);
    await trainer.open({ ...slow, batch: { ...slow.batch, warm_up_steps: 24 } }, 'cpu'); // three signs
    await trainer.step();
    await expect(trainer.reset()).rejects.toMatchObject({ name: 'Cancelled' }); // at the fifth
    expect(statuses.at(-1)).toMatchObject({ phase: 'paused', step: 1 });
  });

  test('a cancel is of what was asked for before it, begun or not, and of nothing after it', async () => {
    const { trainer, statuses } = await watchedTrainer(Number.POSITIVE_INFINITY);
    await trainer.open({ ...slow, batch: { ...slow.batch, warm_up_steps: 24 } }, 'cpu');
    await trainer.step();
    const reset = trainer.reset();
    await trainer.cancel();
    await expect(reset).rejects.toMatchObject({ name: 'Cancelled' });
    expect(statuses.at(-1)).toMatchObject({ phase: 'paused', step: 1 });
    await expect(trainer.reset()).resolves.toMatchObject({ step: 0 });
  });

  test('has nothing to go back to before the first run', async () => {
    const { trainer, statuses } = await watchedTrainer();
    await expect(trainer.open(slow, 'cpu')).rejects.toMatchObject({ name: 'Cancelled' });
    expect(statuses.at(-1)?.phase).toBe('failed');
    await trainer.open(quick, 'cpu');
    await trainer.step();
    expect(statuses.at(-1)?.step).toBe(1);
  });
});

describe('the page', () => {
  const labWith = (search: string) => {
    const trainer = new Trainer();
    const broken = new Promise<string>(() => {});
    return makeLab(registries, () => ({ api: trainer, broken, close: () => {} }), search);
  };
  const small = 'engine=cpu&speed=0&batch.prompts=2&batch.group_size=2&batch.minibatches=1&batch.eval_every=0';
  /** Cancels as soon as a warm-up is seen. */
  const cancelWhenWarming = (lab: ReturnType<typeof labWith>) =>
    lab.run.subscribe(({ status }, before) => {
      if (status.phase === 'warming_up' && before.status.phase !== 'warming_up') void lab.session.cancel();
    });

  test('shows the former settings, says nothing of a problem, and lets the run go on', async () => {
    const lab = labWith(`?${small}`);
    await lab.session.begin();
    await expect.poll(() => lab.run.getState().metrics.num_rows, { timeout: 15_000 }).toBeGreaterThan(3);
    const { config } = lab.setup.getState();
    const rows = lab.run.getState().metrics.num_rows;
    cancelWhenWarming(lab);
    await lab.session.open({ seed: 9, batch: { ...config.batch, warm_up_steps: 2000 } });
    expect(lab.setup.getState().config).toEqual(config);
    expect(lab.run.getState().problem).toBe('');
    await expect.poll(() => lab.run.getState().metrics.num_rows, { timeout: 15_000 }).toBeGreaterThan(rows);
    expect(lab.run.getState().status.phase).toBe('running');
    await lab.session.toggle();
  });

  test('opens the default run where the first one is cancelled, and says so', async () => {
    const lab = labWith(`?${small}&batch.warm_up_steps=2000`);
    cancelWhenWarming(lab);
    await lab.session.begin();
    expect(lab.setup.getState().config).toEqual(DEFAULT_SETUP.config);
    expect(lab.run.getState().problem).toBe('The default run was opened instead.');
    await lab.session.toggle();
  });
});

describe('requests of a trainer', () => {
  async function going() {
    const trainer = new Trainer();
    await trainer.listen({ rows: () => {}, status: () => {}, edit: () => {} });
    await trainer.open(quick, 'cpu');
    await trainer.start();
    return trainer;
  }

  test('resets with the value, the algorithm and the run that were asked for before', async () => {
    const trainer = await going();
    void trainer.setHyper('learning_rate', 0.123);
    expect((await trainer.reset()).config.hyper.learning_rate).toBe(0.123);
    void trainer.swap({ algorithm: 'dr_grpo' });
    expect((await trainer.reset()).config.algorithm).toBe('dr_grpo');
    void trainer.open({ ...quick, seed: 2 }, 'cpu');
    void trainer.open({ ...quick, seed: 3 }, 'cpu');
    expect((await trainer.reset()).config.seed).toBe(3);
  });

  test('a reset that waits behind a start that is cancelled is cancelled with it, and the former run stands', async () => {
    const trainer = new Trainer();
    let reset: Promise<unknown> | undefined;
    let phase = '';
    await trainer.listen({
      rows: () => {},
      edit: () => {},
      status: (status) => {
        phase = status.phase;
        if (phase !== 'warming_up' || reset !== undefined) return;
        reset = trainer.reset();
        reset.catch(() => {});
        void trainer.cancel();
      },
    });
    await trainer.open(quick, 'cpu');
    await trainer.step();
    const long = { ...quick, seed: 9, batch: { ...quick.batch, warm_up_steps: 64 } };
    await expect(trainer.open(long, 'cpu')).rejects.toMatchObject({ name: 'Cancelled' });
    await expect(reset).rejects.toMatchObject({ name: 'Cancelled' });
    expect(phase).toBe('paused');
    const { config } = await trainer.setHyper('learning_rate', 0.1); // there is a run to be told
    expect(config.seed).toBe(quick.seed);
  });
});
