/** The page's session: what the stores do with what the worker says, and what the worker is asked. */
import { describe, expect, test, vi } from 'vitest';
import { registries } from '../../src/state/registries.ts';
import { makeRunStore } from '../../src/state/runStore.ts';
import { phaseOf } from '../../src/state/summary.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { labWith } from './lib/fakeTrainer.ts';
import { batchOf, info, range } from './lib/rows.ts';

describe('run store', () => {
  test('a drag is one mark, from where it began to where it ended', () => {
    let time = 0;
    const store = makeRunStore(() => time);
    const edit = (step: number, text: string, wait: number) => {
      time += wait;
      store.getState().addEdit({ step, text });
    };
    edit(10, 'clip_low 0.2 → 0.3', 0);
    edit(11, 'clip_low 0.3 → 0.4', 200);
    edit(12, 'clip_low 0.4 → 0.5', 200);
    edit(13, 'clip_high 0.2 → 0.3', 200);
    edit(14, 'clip_high 0.3 → 0.2', 5000);
    expect(store.getState().marks).toEqual([
      { number: 1, step: 12, text: 'clip_low 0.2 → 0.5' },
      { number: 2, step: 13, text: 'clip_high 0.2 → 0.3' },
      { number: 3, step: 14, text: 'clip_high 0.3 → 0.2' },
    ]);
  });

  test('a new run empties rows and marks, a change of the same run keeps them', () => {
    const store = makeRunStore();
    const { setInfo, addRows, addEdit } = store.getState();
    setInfo(info(), true);
    addRows(batchOf([0, 1], 1, 1, () => 1));
    addEdit({ step: 1, text: 'x' });
    setInfo(info({ metrics: [...info().metrics, { id: 'b', label: '', unit: '', doc: '' }] }), false);
    addRows(batchOf([2], 1, 1, () => 1)); // of before the change: has too few metrics
    expect(store.getState().metrics.num_rows).toBe(2);
    addRows(batchOf([2], 1, 2, () => 1));
    expect(store.getState().metrics.num_rows).toBe(3);
    expect(store.getState().marks).toHaveLength(1);
    setInfo(info(), true);
    expect(store.getState().metrics.num_rows).toBe(0);
    expect(store.getState().marks).toEqual([]);
  });

  test('steps that begin again belong to a run that began again', () => {
    const store = makeRunStore();
    store.getState().setInfo(info(), true);
    store.getState().addRows(batchOf(range(0, 50), 1, 1, () => 1));
    store.getState().addRows(batchOf([0, 1], 1, 1, () => 0));
    expect(store.getState().metrics.num_rows).toBe(2);
  });
});

describe('session', () => {
  test('begins by itself, and the default speed limit is told first', async () => {
    const { lab, trainer } = labWith({}, '');
    await lab.session.begin();
    expect(trainer.asked).toEqual(['listen', 'setSpeed', 'open', 'start']);
    expect(lab.run.getState().info).toBeDefined();
  });

  test('reset and a new seed keep a paused run paused', async () => {
    const { lab, trainer } = labWith();
    await lab.session.begin();
    await lab.session.toggle();
    trainer.asked.length = 0;
    await lab.session.reset();
    await lab.session.open({ seed: 5 });
    expect(trainer.asked.filter((call) => call === 'start')).toEqual([]);
    expect(lab.setup.getState().config.seed).toBe(5);
    await lab.session.toggle();
    expect(trainer.asked).toContain('start');
  });

  test('a step pauses and shows the sample', async () => {
    const { lab, trainer } = labWith();
    await lab.session.begin();
    await lab.session.step();
    expect(trainer.asked.slice(-2)).toEqual(['step', 'sample']);
    expect(lab.run.getState().is_wanted).toBe(false);
  });

  test('a swap keeps the rows, an algorithm that cannot keep the weights begins again and says so', async () => {
    const { lab } = labWith();
    await lab.session.begin();
    lab.run.getState().addRows(batchOf([0, 1], 1, 1, () => 1));
    await lab.session.swapPart('advantage', registries.partsOf('advantage').at(-1)!.id);
    expect(lab.run.getState().metrics.num_rows).toBe(2);
    const refusing = labWith({ swap: () => Promise.reject(new Error('The weights do not fit.')) });
    await refusing.lab.session.begin();
    await refusing.lab.session.swapAlgorithm('rloo');
    expect(refusing.lab.setup.getState().config.algorithm).toBe('rloo');
    expect(refusing.lab.run.getState().problem).toContain('The weights do not fit.');
  });

  test('a run that cannot be opened gives a sentence and the former run', async () => {
    const opened: RunConfig[] = [];
    const { lab, trainer } = labWith({
      open: async (config) => {
        opened.push(config);
        if (config.seed === 13) {
          trainer.events().status({ phase: 'failed', step: 0, steps_per_second: 0, message: 'No.', progress: 0 });
          throw new Error('Seed 13 is refused.');
        }
        return info({ config });
      },
    });
    await lab.session.begin();
    await lab.session.open({ seed: 13 });
    expect(opened.map((config) => config.seed)).toEqual([1, 13, 1]);
    expect(lab.setup.getState().config.seed).toBe(1);
    expect(lab.run.getState().problem).toContain('Seed 13 is refused.');
    expect(lab.run.getState().is_wanted).toBe(true);
  });

  test('of two quick requests the later one counts', async () => {
    const waiting: (() => void)[] = [];
    const { lab } = labWith({
      open: (config) => new Promise((resolve) => waiting.push(() => resolve(info({ config })))),
    });
    const first = lab.session.open({ seed: 2 });
    const second = lab.session.open({ seed: 3 });
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]();
    waiting[0]();
    await Promise.all([first, second]);
    expect(lab.setup.getState().config.seed).toBe(3);
    expect(lab.run.getState().info?.config.seed).toBe(3);
  });

  test('a worker that dies says why, and a restart makes a new one', async () => {
    const { lab, trainer } = labWith();
    await lab.session.begin();
    trainer.breakIt('The trainer stopped: out of memory. Restart it.');
    await vi.waitFor(() => expect(lab.run.getState().is_broken).toBe(true));
    expect(phaseOf(lab.run.getState())).toBe('failed');
    expect(lab.run.getState().problem).toContain('out of memory');
    await lab.session.restart();
    expect(trainer.asked).toContain('close');
    expect(lab.run.getState().is_broken).toBe(false);
  });

  test('a checkpoint is named after its run; a bad one stops nothing', async () => {
    const { lab } = labWith({ restore: () => Promise.reject(new Error('This is no checkpoint.')) });
    await lab.session.begin();
    expect((await lab.session.save())?.name).toBe('sum_to_target_grpo_step_0.safetensors');
    await lab.session.load(new ArrayBuffer(3));
    expect(lab.run.getState().problem).toBe('This is no checkpoint.');
    expect(lab.run.getState().info).toBeDefined();
  });
});
