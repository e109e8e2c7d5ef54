/** Requests that meet: asked while another one is under way, they are served in their order and lose nothing of each other. */
import { describe, expect, test } from 'vitest';
import { registries } from '../../src/state/registries.ts';
import { makeRunStore } from '../../src/state/runStore.ts';
import { memoryStorage, type RunStorage } from '../../src/state/runsStorage.ts';
import { makeRunsStore } from '../../src/state/runsStore.ts';
import { takeRun } from '../../src/state/take/bundle.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { RunConfig, TrainerApi } from '../../src/trainer/protocol.ts';
import { labWith } from './lib/fakeTrainer.ts';
import { batchOf, info, range } from './lib/rows.ts';

/** A promise that somebody else settles. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
/** Everything that can happen without a gate has happened. */
const quiet = () => new Promise((resolve) => setTimeout(resolve, 5));
/** What the trainer says of a run that was given up. */
const cancelled = () => Object.assign(new Error('Opening the run was cancelled.'), { name: 'Cancelled' });
/** A page whose trainer opens seed 2 only behind a gate, which a cancel opens too, and refuses seed 13. */
function gated(change: Partial<TrainerApi> = {}) {
  const { open, opened } = gate();
  const asked: RunConfig[] = [];
  let is_called_off = false;
  const playground = labWith({
    open: async (config) => {
      asked.push(config);
      if (config.seed === 13) throw new Error('Seed 13 is refused.');
      if (config.seed === 2) await opened;
      if (config.seed === 2 && is_called_off) throw cancelled();
      return info({ config });
    },
    cancel: async () => {
      is_called_off = true;
      open();
    },
    ...change,
  });
  return { ...playground, open, asked, seeds: () => asked.map(({ seed }) => seed) };
}
const noCancel = () => new AbortController().signal;
const PAUSED = { phase: 'paused', step: 0, steps_per_second: 0, message: '', progress: 1 } as const;
const FAILED = { ...PAUSED, phase: 'failed', message: 'No.' } as const;

describe('openings', () => {
  test('are shown at once and served one after another', async () => {
    const { lab, open, seeds } = gated();
    await lab.session.begin();
    const asked = [lab.session.open({ seed: 2 })];
    await quiet();
    asked.push(lab.session.open({ task_settings: { modulus: 7 } }));
    await quiet();
    expect(seeds()).toEqual([1, 2]);
    expect(lab.setup.getState().config).toMatchObject({ seed: 2, task_settings: { modulus: 7 } });
    open();
    await Promise.all(asked);
    expect(seeds()).toEqual([1, 2, 2]);
    expect(lab.run.getState().info?.config).toMatchObject({ seed: 2, task_settings: { modulus: 7 } });
  });

  test('those that wait are built in one go, with a reset behind them; what of it is refused is left out', async () => {
    const { lab, trainer, open, seeds } = gated();
    await lab.session.begin();
    const all = [lab.session.open({ seed: 2 })];
    await quiet();
    for (const change of [{ task_settings: { modulus: 7 } }, { seed: 3 }, { seed: 4 }, { seed: 13 }])
      all.push(lab.session.open(change));
    all.push(lab.session.reset());
    expect(lab.setup.getState().config).toMatchObject({ seed: 13, task_settings: { modulus: 7 } });
    await quiet();
    open();
    await Promise.all(all);
    expect(seeds()).toEqual([1, 2, 13, 4]);
    expect(trainer.asked).not.toContain('reset');
    expect(lab.run.getState().info?.config).toMatchObject({ seed: 4, task_settings: { modulus: 7 } });
    expect(lab.setup.getState().config).toEqual(lab.run.getState().info?.config);
    expect(lab.run.getState().problem).toBe('Seed 13 is refused.');
  });

  test.each([
    [2, []],
    [13, ['reset']],
  ])('a reset while seed %i is opened adds nothing to it, unless that is refused', async (seed, resets) => {
    const { open, opened } = gate();
    const { lab, trainer } = labWith({
      open: async (config) => {
        if (config.seed !== 1) await opened;
        if (config.seed === 13) throw new Error('Seed 13 is refused.');
        return info({ config });
      },
    });
    await lab.session.begin();
    const all = [lab.session.open({ seed })];
    await quiet();
    all.push(lab.session.reset());
    await quiet();
    open();
    await Promise.all(all);
    expect(trainer.asked.filter((name) => name === 'reset')).toEqual(resets);
  });

  test('one that is refused at once does not throw away the one before it', async () => {
    const { open, opened } = gate();
    const started: number[] = [];
    let runs = 0;
    const { lab, trainer } = labWith({
      open: async (config) => {
        if (config.seed === 13) throw new Error('Seed 13 is refused.');
        if (config.seed === 2) await opened;
        runs = config.seed;
        trainer.events().status(PAUSED);
        return info({ config });
      },
      start: async () => void started.push(runs),
    });
    await lab.session.begin();
    const asked = [lab.session.open({ seed: 2 })];
    await quiet();
    asked.push(lab.session.open({ seed: 13 }));
    await quiet();
    open();
    await Promise.all(asked);
    expect(lab.run.getState().info?.config.seed).toBe(2);
    expect(lab.setup.getState().config.seed).toBe(2);
    expect(lab.run.getState().problem).toBe('Seed 13 is refused.');
    expect(started.at(-1)).toBe(2);
  });

  test('two that are refused leave the page at what runs', async () => {
    const { lab } = labWith({
      open: async (config) => {
        await quiet();
        if (config.seed === 13 || config.batch.prompts === 4) throw new Error('Refused.');
        return info({ config });
      },
    });
    await lab.session.begin();
    const before = lab.setup.getState().config;
    await Promise.all([lab.session.open({ seed: 13 }), lab.session.open({ batch: { prompts: 4 } })]);
    expect(lab.setup.getState().config).toEqual(before);
  });

  test('one that follows an exchange of parts has the new parts, and a slider moved meanwhile', async () => {
    const { open, opened } = gate();
    const asked: RunConfig[] = [];
    const { lab } = labWith({
      open: async (config) => {
        asked.push(config);
        return info({ config });
      },
      swap: async ({ algorithm }) => {
        await opened;
        return info({ config: defaultRun({ algorithm }) });
      },
      setHyper: async (name, value) => {
        await opened;
        await quiet(); // behind the exchange, in the worker's order
        return info({ config: defaultRun({ algorithm: 'dr_grpo', hyper: { [name]: value } }) });
      },
    });
    await lab.session.begin();
    const all = [
      lab.session.swapAlgorithm('dr_grpo'),
      lab.session.open({ seed: 5 }),
      lab.session.setHyper('learning_rate', 0.5),
    ];
    await quiet();
    open();
    await Promise.all(all);
    expect(asked.at(-1)).toMatchObject({ seed: 5, algorithm: 'dr_grpo', hyper: { learning_rate: 0.5 } });
  });

  test('a cancel calls off those that wait too, and shows what stands', async () => {
    const { lab, seeds } = gated();
    await lab.session.begin();
    const asked = [lab.session.open({ seed: 2 })];
    await quiet();
    asked.push(lab.session.open({ seed: 3 }));
    await lab.session.cancel();
    await Promise.all(asked);
    expect(seeds()).toEqual([1, 2]);
    expect(lab.setup.getState().config.seed).toBe(1);
    expect(lab.run.getState().problem).toBe('');
  });

  test('a cancel of those that are built in one go opens none of them, and what is asked for afterwards is opened', async () => {
    const first = gate();
    const second = gate();
    const seeds: number[] = [];
    let is_called_off = false;
    const { lab } = labWith({
      open: async (config) => {
        seeds.push(config.seed);
        if (config.seed === 2) await first.opened;
        if (config.seed === 4) await second.opened;
        if (config.seed === 4 && is_called_off) throw cancelled();
        return info({ config });
      },
      cancel: async () => {
        is_called_off = true;
        second.open();
      },
    });
    await lab.session.begin();
    const asked = [lab.session.open({ seed: 2 })];
    await quiet();
    asked.push(lab.session.open({ seed: 3 }), lab.session.open({ seed: 4 }));
    first.open();
    await quiet();
    asked.push(lab.session.open({ seed: 5 })); // waits, and is called off too
    await lab.session.cancel();
    expect(lab.setup.getState().config.seed).toBe(2);
    await Promise.all(asked);
    expect(seeds).toEqual([1, 2, 4]);
    await lab.session.open({ seed: 9 });
    expect(seeds).toEqual([1, 2, 4, 9]);
    expect(lab.run.getState().info?.config.seed).toBe(9);
    expect(lab.setup.getState().config.seed).toBe(9);
  });

  test('a cancel leaves in line what is no new run, and takes nothing called off into the next one', async () => {
    const { lab, trainer, asked } = gated();
    await lab.session.begin();
    const all: Promise<unknown>[] = [lab.session.open({ seed: 2 })];
    await quiet();
    all.push(lab.session.open({ seed: 3 }), lab.session.checkpoint());
    void lab.session.cancel();
    all.push(lab.session.open({ task_settings: { modulus: 7 } }));
    await Promise.all(all);
    expect(asked.map(({ seed, task_settings }) => [seed, task_settings])).toEqual([
      [1, {}],
      [2, {}],
      [1, { modulus: 7 }],
    ]);
    expect(trainer.asked).toContain('checkpoint');
    expect(lab.setup.getState().config).toMatchObject({ seed: 1, task_settings: { modulus: 7 } });
  });

  test('a restart opens what is shown, although another run was under way and one waited', async () => {
    const { lab, seeds } = gated();
    await lab.session.begin();
    const asked = [lab.session.open({ seed: 2 })];
    await quiet();
    asked.push(lab.session.open({ seed: 3 }));
    await lab.session.restart();
    await Promise.all(asked);
    expect(seeds()).toEqual([1, 2, 3]);
    expect(lab.setup.getState().config.seed).toBe(3);
  });

  test('a restart after the trainer died opens what it was asked for', async () => {
    const { opened } = gate();
    const seeds: number[] = [];
    const { lab, trainer } = labWith({
      open: async (config) => {
        seeds.push(config.seed);
        if (seeds.length === 2) await opened;
        return info({ config });
      },
    });
    await lab.session.begin();
    const asked = lab.session.open({ seed: 2 });
    await quiet();
    trainer.breakIt('The trainer stopped. Restart it.');
    await asked;
    expect(lab.setup.getState().config.seed).toBe(2);
    await lab.session.restart();
    expect(seeds).toEqual([1, 2, 2]);
  });

  test('a start that is given up after a restart gives the default run, not the same one again', async () => {
    const seeds: number[] = [];
    const { lab, trainer } = labWith({
      open: async (config) => {
        seeds.push(config.seed);
        if (seeds.length !== 3) return info({ config });
        await lab.session.cancel();
        trainer.events().status(FAILED);
        throw cancelled();
      },
    });
    await lab.session.begin();
    await lab.session.open({ seed: 5 });
    await lab.session.restart();
    expect(seeds).toEqual([1, 5, 5, 1]);
    expect(lab.run.getState().problem).toBe('The default run was opened instead.');
  });

  test('a reset that fails leaves a run that is not meant to go', async () => {
    const { lab, trainer } = labWith({
      reset: async () => {
        trainer.events().status(FAILED);
        throw new Error('No.');
      },
    });
    await lab.session.begin();
    await lab.session.reset();
    expect(lab.run.getState()).toMatchObject({ is_wanted: false, problem: 'No.' });
  });

  test('a pause that is pressed while one fails stays', async () => {
    const { open, opened } = gate();
    const { lab, trainer } = labWith({
      open: async (config) => {
        if (config.seed !== 13) return info({ config });
        await opened;
        trainer.events().status(FAILED);
        throw new Error('Seed 13 is refused.');
      },
    });
    await lab.session.begin();
    const asked = lab.session.open({ seed: 13 });
    await quiet();
    await lab.session.toggle();
    open();
    await asked;
    expect(lab.run.getState().is_wanted).toBe(false);
    expect(lab.run.getState().info?.config.seed).toBe(1);
  });

  test('what replicas differ in is told to their own run, never to the next', async () => {
    const { open, opened } = gate();
    const calls: string[] = [];
    const hyper = [{ name: 'learning_rate', group: '', knob: { value: 0.1, min: 0, max: 1, scale: 'log', doc: '' } }];
    const of = (config: RunConfig) => info({ config, hyper } as Parameters<typeof info>[0]);
    let config: RunConfig;
    const { lab } = labWith({
      open: async (asked) => {
        config = asked;
        calls.push(`open with ${asked.batch.replicas ?? 1}`);
        if (asked.batch.replicas === 2) await opened;
        return of(asked);
      },
      setHyper: async (name, value, replica) => {
        calls.push(`${name} ${value} for ${replica}`);
        return of(config);
      },
    });
    await lab.session.begin();
    const spread = [{ learning_rate: 0.1 }, { learning_rate: 0.2 }];
    const all = [lab.session.openSpread({ batch: { replicas: 2 } }, spread)];
    await quiet();
    all.push(lab.session.open({ batch: {} }));
    await quiet();
    open();
    await Promise.all(all);
    expect(calls).toEqual([
      'open with 1',
      'open with 2',
      'learning_rate 0.1 for 0',
      'learning_rate 0.2 for 1',
      'open with 1',
    ]);
    expect(lab.run.getState().spread).toBeUndefined();
  });
});

describe('files', () => {
  test('one that is refused while a run is opened leaves that run', async () => {
    const { lab, open } = gated({ restore: () => Promise.reject(new Error('This is no run file.')) });
    await lab.session.begin();
    const asked = [
      lab.session.open({ seed: 2 }),
      expect(lab.session.load(new ArrayBuffer(8), () => {}, noCancel())).rejects.toThrow('This is no run file.'),
    ];
    await quiet();
    open();
    await Promise.all(asked);
    expect(lab.run.getState().info?.config.seed).toBe(2);
  });

  test('one that is loaded behind an opening stays through a later refusal', async () => {
    const { lab, open } = gated({ restore: async () => info({ step: 9, config: defaultRun({ seed: 77 }) }) });
    await lab.session.begin();
    const fill = (of: ReturnType<typeof info>) => {
      lab.run.getState().setInfo({ ...of, step: 7 }, true);
      lab.run.getState().addRows(batchOf([7, 8], 1, 1, () => 1));
    };
    const asked = [lab.session.open({ seed: 2 }), lab.session.load(new ArrayBuffer(8), fill, noCancel())];
    await quiet();
    open();
    await Promise.all(asked);
    await lab.session.open({ seed: 13 });
    expect(lab.run.getState().info?.config.seed).toBe(77);
    expect(lab.run.getState().metrics.num_rows).toBe(2);
  });

  test('a run that is saved and then reset is saved as it was', async () => {
    const { open, opened } = gate();
    const { lab, trainer } = labWith({
      checkpoint: async () => {
        await opened;
        return new ArrayBuffer(8);
      },
    });
    await lab.session.begin();
    const saved = takeRun(lab, false).catch(() => {}); // eight bytes are no checkpoint
    const reset = lab.session.reset();
    await quiet();
    expect(trainer.asked.slice(-1)).toEqual(['checkpoint']);
    open();
    await Promise.all([saved, reset]);
    expect(trainer.asked).toContain('reset');
  });
});

describe('kept runs', () => {
  test.each(['keep and compare again', 'another run'])('are overlaid although %s comes first', async (second) => {
    const gates: ReturnType<typeof gate>[] = [];
    const slowly = async (config: RunConfig) => {
      const mine = gate();
      gates.push(mine);
      await mine.opened;
      return info({ config });
    };
    let is_slow = false;
    const { lab } = labWith({
      open: async (config) => (is_slow ? slowly(config) : info({ config })),
      reset: () => slowly(defaultRun()),
    });
    await lab.runs.getState().begin();
    await lab.session.begin();
    is_slow = true;
    lab.run.getState().addRows(batchOf(range(0, 30), 1, 1, (s) => s));
    const keep = () => lab.runs.getState().keepAndCompare(() => lab.session.reset());
    const both = [keep(), second === 'another run' ? lab.session.open({ seed: 4 }) : keep()];
    for (let k = 0; k < 2; k++) {
      await quiet();
      gates[k].open();
    }
    await Promise.all(both);
    await lab.runs.getState().settled();
    expect(lab.runs.getState().entries.map(({ slot }) => slot)).toEqual([0]);
  });

  /** Kept runs over a storage whose lists, or writes, wait for a gate once there is one. */
  async function page(change: (inner: RunStorage) => Partial<RunStorage>) {
    const inner = memoryStorage();
    const run = makeRunStore(() => 0);
    const runs = makeRunsStore(registries, run, async () => ({ ...inner, ...change(inner) }));
    await runs.getState().begin();
    const train = (count: number, seed: number) => {
      run.getState().setInfo(info({ config: defaultRun({ seed }) }), true);
      if (count > 0) run.getState().addRows(batchOf(range(0, count), 1, 1, (s) => s));
    };
    const settled = async () => {
      for (let k = 0; k < 3; k++) await runs.getState().settled();
    };
    return { inner, train, settled, state: () => runs.getState() };
  }

  test('have the name and pin that were given while they were written', async () => {
    const writing = gate();
    const { train, state, settled } = await page((inner) => ({
      save: async (run) => {
        await inner.save(run);
        await writing.opened;
      },
    }));
    train(30, 1);
    train(0, 2);
    await quiet();
    const [{ id }] = state().entries;
    state().rename(id, 'mine');
    state().pin(id, true);
    writing.open();
    await settled();
    expect(state().entries).toMatchObject([{ name: 'mine', is_pinned: true }]);
  });

  test('have the name that was given while the list was read', async () => {
    let reading: ReturnType<typeof gate> | undefined;
    const { inner, train, state, settled } = await page((storage) => ({
      list: async () => {
        const found = await storage.list();
        await reading?.opened;
        return found;
      },
    }));
    train(30, 1);
    train(30, 2);
    await settled();
    const [{ id }] = state().entries;
    reading = gate();
    const flush = state().flush();
    await quiet();
    state().rename(id, 'mine');
    expect(state().entries[0].name).toBe('mine');
    reading.open();
    await flush;
    await settled();
    expect((await inner.list())[0].meta).toMatchObject({ name: 'mine' });
    expect(state().entries[0].name).toBe('mine');
  });

  test('do not come back into the list once they are deleted', async () => {
    let reading: ReturnType<typeof gate> | undefined;
    const { train, state, settled } = await page((storage) => ({
      list: async () => {
        const found = await storage.list();
        await reading?.opened;
        return found;
      },
    }));
    for (const seed of [1, 2, 3]) train(30, seed);
    await settled();
    const [one, two] = state().entries;
    reading = gate();
    void state().remove(one.id);
    await quiet();
    state().pin(two.id, true); // draws the list anew
    expect(state().entries.map(({ id }) => id)).toEqual([two.id]);
    reading.open();
    await settled();
    expect(state().entries.map(({ id }) => id)).toEqual([two.id]);
  });
});
