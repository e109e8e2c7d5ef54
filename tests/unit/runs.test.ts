/** The kept runs: what starts one, what is written down, in what two differ, and what bad or full storage does. */

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { chartRows, drawnRows, secondOf } from '../../src/state/chartRows.ts';
import { registries } from '../../src/state/registries.ts';
import { makeRunStore } from '../../src/state/runStore.ts';
import {
  MOST_OVERLAYS,
  MOST_RUNS,
  MOST_STRETCHES,
  type RunMeta,
  sameConfig,
  superfluous,
} from '../../src/state/runs.ts';
import { curveOf, placeCurves, readingPlaces, valueAt } from '../../src/state/runsChart.ts';
import { automaticName, difference, namesOfRuns } from '../../src/state/runsDiff.ts';
import { Recorder } from '../../src/state/runsRecorder.ts';
import { memoryStorage, type RunStorage, readMeta, readRows } from '../../src/state/runsStorage.ts';
import { makeRunsStore } from '../../src/state/runsStore.ts';
import { comparedRuns, differenceSentence, tableText } from '../../src/state/runsTable.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { anyConfig } from './lib/anyConfig.ts';
import { batchOf, info, range } from './lib/rows.ts';

const anyOne = anyConfig(3); // few seeds, so that two drawn ones are often alike

describe('differences of configurations', () => {
  const diff = (a: RunConfig, b: RunConfig) => difference(registries, a, b);

  test('none against itself, something against every other one, the same from both sides', () => {
    fc.assert(
      fc.property(anyOne, anyOne, (a, b) => {
        expect(diff(a, structuredClone(a))).toEqual([]);
        const there = diff(a, b);
        expect(there.length > 0).toBe(!sameConfig(a, b));
        const mirrored = diff(b, a).map(({ subject, here, there: other }) => ({ subject, here: other, there: here }));
        const order = (list: typeof there) => list.map((one) => JSON.stringify(one)).sort();
        expect(order(mirrored)).toEqual(order(there));
        for (const { subject, here } of there) {
          expect(subject).not.toBe('');
          expect(here).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });

  test('names that nobody knows are shown as they are', () => {
    const odd = defaultRun({ algorithm: 'constructor', parts: { advantage: '__proto__', nothing: 'x' } });
    odd.hyper = { toString: 1 } as unknown as Record<string, number>;
    expect(diff(odd, defaultRun()).map(({ here }) => here)).toEqual(expect.arrayContaining(['constructor', '1']));
    expect(automaticName(registries, odd)).toContain('constructor');
  });

  test('a name says the algorithm and what is unusual', () => {
    expect(automaticName(registries, defaultRun())).toBe('GRPO');
    expect(automaticName(registries, defaultRun({ hyper: { learning_rate: 0.3 } }))).toBe('GRPO, learning rate 0.3');
    expect(automaticName(registries, defaultRun({ hyper: { learning_rate: 1e-6 } }))).toBe('GRPO, learning rate 1e−6');
    expect(automaticName(registries, defaultRun({ batch: { replicas: 4 } }))).toBe('GRPO, 4 replicas');
    expect(automaticName(registries, defaultRun({ hyper: { std_is_population: 1 } }))).toBe(
      'GRPO, standard deviation population',
    );
    expect(automaticName(registries, defaultRun({ algorithm: 'rloo', task: 'bandit' }))).toMatch(/^RLOO on /);
  });

  test('names of the same settings are told apart by seed and changes', () => {
    const run = (id: string, seed: number, step?: number) => ({
      id,
      name: '',
      config: defaultRun({ seed }),
      edits: step === undefined ? [] : [{ step, text: 'x' }],
    });
    const names = namesOfRuns(registries, [run('a', 1), run('b', 2), run('c', 1, 7)]);
    expect([...names.values()]).toEqual(['GRPO, seed 1', 'GRPO, seed 2', 'GRPO, seed 1, changed at step 7']);
  });
});

/** A run of some rows, written down. */
function recorded(num_rows: number, replicas = 1, value = (s: number, r: number, m: number) => s + r + 100 * m) {
  const run = makeRunStore(() => 0);
  const metrics = ['reward_mean', 'entropy'].map((id) => ({ id, label: id, unit: '', doc: '' }));
  run.getState().setInfo(info({ metrics }), true);
  const recorder = new Recorder('x', 0, run.getState());
  for (let from = 0; from < num_rows; from += 1000) {
    run.getState().addRows(batchOf(range(from, Math.min(num_rows, from + 1000)), replicas, 2, value));
    recorder.follow(run.getState());
  }
  return { run, recorder, recording: recorder.record()! };
}

describe('recorder', () => {
  test('a short run is kept value by value, and reads back', () => {
    const { recording } = recorded(50);
    expect(recording.rows.length).toBe(1);
    expect([...recording.rows.columns.entropy.mean.slice(0, 3)]).toEqual([100, 101, 102]);
    expect(recording.rows.columns.entropy.low).toBeUndefined();
    expect(recording.meta).toMatchObject({ num_rows: 50, first_step: 0, last_step: 49, latest: { reward_mean: 49 } });
    const stored = structuredClone(recording);
    expect(readMeta({ id: 'x', meta: stored.meta })).toEqual(recording.meta);
    expect(readRows(stored.rows, 'x')).toEqual(recording.rows);
  });

  test('rows that come later, and a store that is emptied, do not touch what was taken', () => {
    const { run, recorder } = recorded(50);
    run.getState().setInfo(info(), true);
    run.getState().addRows(batchOf(range(0, 9), 1, 1, () => 7));
    recorder.follow(run.getState()); // of another run
    expect(recorder.record()?.meta).toMatchObject({ num_rows: 50, latest: { reward_mean: 49 } });
  });

  test('a hundred thousand steps are small and exact in the mean', () => {
    const began = performance.now();
    const { recording } = recorded(100_000, 2);
    const { rows, meta } = recording;
    expect(rows.first.length).toBeLessThanOrEqual(MOST_STRETCHES);
    expect(meta.bytes).toBeLessThan(200_000);
    expect(rows.columns.reward_mean.mean[0]).toBe((rows.length - 1) / 2 + 0.5);
    expect(rows.columns.reward_mean.high![0]).toBe(rows.length);
    const curve = curveOf(rows, 'reward_mean', 'step');
    expect(curve.at.length).toBeLessThanOrEqual(256);
    expect(curveOf(rows, 'reward_mean', 'step')).toBe(curve);
    expect(curve.path.length).toBeLessThan(5000);
    console.log(`100,000 rows recorded and drawn in ${(performance.now() - began).toFixed(0)} ms`);
  });

  test('what is changed before the first row belongs to the settings, what comes later is a change', () => {
    const run = makeRunStore(() => 0);
    run.getState().setInfo(info(), true);
    const recorder = new Recorder('x', 0, run.getState());
    const follow = () => recorder.follow(run.getState());
    run.getState().addEdit({ step: 0, text: 'learning_rate 0.1 → 0.2' });
    run.getState().setInfo(info({ config: defaultRun({ hyper: { learning_rate: 0.2 } }) }), false);
    follow();
    run.getState().addRows(batchOf(range(0, 9), 1, 1, () => 1));
    follow();
    run.getState().addEdit({ step: 9, text: 'advantage: x' });
    run.getState().setInfo(info({ config: defaultRun({ parts: { advantage: 'x' } }) }), false);
    follow();
    const { meta } = recorder.record()!;
    expect(meta.config).toEqual(defaultRun({ hyper: { learning_rate: 0.2 } }));
    expect(meta.edits).toEqual([{ step: 9, text: 'advantage: x' }]);
  });
});

describe('curves', () => {
  test('any rows: the reading at a step is the mean of the stretch it lies in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(3000), (num_rows, step) => {
        const { rows } = recorded(num_rows, 1, (s) => (s % 3 === 1 ? Number.NaN : s)).recording;
        const curve = curveOf(rows, 'reward_mean', 'step');
        const read = valueAt(curve, step);
        if (step >= num_rows) expect(read).toBeNaN();
        else if (!Number.isNaN(read)) {
          const width = curve.last[0] - curve.first[0] + 1;
          expect(Math.abs(read - step)).toBeLessThanOrEqual(width);
        }
        expect(curve.at.length).toBeLessThanOrEqual(256);
      }),
      { numRuns: 60 },
    );
  });

  test('letters stay apart and inside the plot', () => {
    const { rows } = recorded(100, 1, () => 1).recording;
    const drawn = range(0, 8).map((slot) => ({ slot, curve: curveOf(rows, 'reward_mean', 'step') }));
    const area = { left: 52, top: 20, width: 600, height: 170, x: [0, 99], y: [0, 1] } as const;
    const heights = placeCurves(drawn, area)
      .map(({ label }) => label.y)
      .sort((a, b) => a - b);
    heights.forEach((y, k) => {
      expect(y).toBeGreaterThanOrEqual(20);
      expect(y).toBeLessThanOrEqual(190);
      if (k > 0) expect(y - heights[k - 1]).toBeGreaterThanOrEqual(13);
    });
  });

  test('a metric that the run did not have has no line, and the axis reaches the longest curve', () => {
    const { rows } = recorded(100).recording;
    expect(curveOf(rows, 'constructor', 'step')).toMatchObject({ path: '', end: -1 });
    expect(readingPlaces([], [curveOf(rows, 'entropy', 'step')])).toHaveLength(100);
    expect(curveOf(rows, 'entropy', 'seconds').at.at(-1)).toBeCloseTo(9.9, 4);
  });

  test('rows over time stand where their steps were taken', () => {
    const { run } = recorded(1000);
    const by_step = chartRows(run.getState(), ['reward_mean']);
    const by_time = drawnRows(run.getState(), ['reward_mean'], { by: 'seconds' }).rows;
    by_time.forEach((row, k) => {
      expect(row.first).toBeCloseTo(by_step[k].first / 10, 9);
      expect(row.last).toBeCloseTo(by_step[k].last / 10, 9);
    });
    expect(secondOf(run.getState(), 500)).toBe(50);
  });
});

describe('stored runs', () => {
  const good = structuredClone(recorded(30).recording);

  test('any damage gives a sentence and never an error', () => {
    const paths = (value: unknown, path: string[] = []): string[][] =>
      typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
        ? [path, ...Object.entries(value).flatMap(([key, item]) => paths(item, [...path, key]))]
        : [path];
    const junk = fc.oneof(
      fc.anything(),
      fc.constantFrom(Number.NaN, -1, Number.POSITIVE_INFINITY, null, [], {}, new Float32Array(2)),
    );
    const damaged = (value: unknown, path: string[], by: unknown): unknown => {
      if (path.length === 0) return by;
      const [key, ...rest] = path;
      const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
      copy[key] = damaged(copy[key], rest, by);
      return copy;
    };
    const meta_paths = paths(good.meta);
    const rows_paths = paths(good.rows);
    fc.assert(
      fc.property(fc.nat(), junk, (n, by) => {
        const meta = readMeta({ id: 'x', meta: damaged(good.meta, meta_paths[n % meta_paths.length], by) });
        if (typeof meta === 'string') expect(meta).toMatch(/wanted/);
        else {
          automaticName(registries, meta.config);
          differenceSentence(registries, meta, 'current', defaultRun());
          superfluous([meta, good.meta], undefined);
        }
        const rows = readRows(damaged(good.rows, rows_paths[n % rows_paths.length], by), 'x');
        if (typeof rows === 'string') expect(rows).toMatch(/wanted/);
        else for (const id of Object.keys(rows.columns)) curveOf(rows, id, 'seconds');
      }),
      { numRuns: 2000 },
    );
  });

  test('a run of another version is not read', () => {
    expect(readMeta({ id: 'x', meta: { ...good.meta, version: 2 } })).toBe(
      "'version' is 2; wanted 1, the version that this page writes",
    );
  });

  test('the oldest go first, repetitions before them, and never what somebody chose', () => {
    const meta = (k: number, change: Partial<RunMeta> = {}): RunMeta => ({
      ...good.meta,
      id: `r${k}`,
      began_ms: k,
      config: defaultRun({ seed: k }),
      ...change,
    });
    const many = range(0, MOST_RUNS + 3).map((k) => meta(k));
    expect(superfluous(many, undefined).sort()).toEqual(['r0', 'r1', 'r2']);
    many[0] = meta(0, { is_pinned: true });
    many[1] = meta(1, { slot: 3 });
    expect(superfluous(many, undefined)).toEqual(['r2']);
    const config = defaultRun();
    const twice = [meta(1, { config, last_step: 10 }), meta(2, { config, last_step: 30 })];
    expect(superfluous(twice, undefined)).toEqual(['r1']);
    expect(superfluous([{ ...twice[0], name: 'mine' }, twice[1]], undefined)).toEqual([]);
    expect(superfluous([{ ...twice[0], edits: [{ step: 3, text: 'x' }] }, twice[1]], undefined)).toEqual([]);
    // replicas with settings of their own, or weights from elsewhere: the settings do not tell what was trained
    expect(superfluous([twice[0], { ...twice[1], is_spread: true }], undefined)).toEqual([]);
    const restored = twice.map((run) => ({ ...run, first_step: 5 }));
    expect(superfluous(restored, undefined)).toEqual([]);
    const large = range(0, 3).map((k) => meta(k, { bytes: 9 * 1024 ** 2 }));
    expect(superfluous(large, undefined)).toEqual(['r0']);
  });
});

/** A page's runs over a storage, with the means to train a little. */
async function page(storage: RunStorage = memoryStorage()) {
  const run = makeRunStore(() => 0);
  const runs = makeRunsStore(registries, run, async () => storage);
  await runs.getState().begin();
  const train = (num_rows: number, change: Partial<RunConfig> = {}) => {
    run.getState().setInfo(info({ config: defaultRun({ ...change }) }), true);
    if (num_rows > 0) run.getState().addRows(batchOf(range(0, num_rows), 1, 1, (s) => s));
  };
  const ids = () => runs.getState().entries.map(({ id }) => id);
  const settled = () => runs.getState().settled();
  return { run, runs, train, ids, settled, state: () => runs.getState() };
}

describe('runs store', () => {
  test('a new run makes an entry of the former one, unless that was short', async () => {
    const { train, state, settled, run } = await page();
    train(30);
    train(4, { seed: 2 });
    train(30, { seed: 3 });
    run.getState().setInfo(info({ config: defaultRun({ seed: 3, parts: { advantage: 'x' } }) }), false);
    await settled();
    expect(state().entries.map(({ config }) => config.seed)).toEqual([1]);
    train(0, { seed: 4 });
    await settled();
    expect(state().entries.map(({ config }) => config.seed)).toEqual([3, 1]);
    expect(state().bytes).toBeGreaterThan(0);
  });

  test('keep and compare overlays the run at once and refuses a short one with a sentence', async () => {
    const { train, state, settled, run } = await page();
    train(3);
    const reset = vi.fn(async () => train(0));
    await state().keepAndCompare(reset);
    expect(reset).not.toHaveBeenCalled();
    expect(run.getState().problem).toMatch(/^The run has 3 steps; .*5 steps/);
    train(20);
    await state().keepAndCompare(reset);
    expect(state().overlays).toMatchObject([{ slot: 0, name: 'GRPO' }]);
    await settled();
    expect(state().overlays).toMatchObject([{ slot: 0, name: 'GRPO' }]);
    train(8, { seed: 2 });
    await state().keepAndCompare(async () => {}); // a reset that was refused
    expect(state().overlays).toHaveLength(1);
  });

  test('eight overlays: the ninth takes the place of the oldest', async () => {
    const { train, state, settled } = await page();
    for (let seed = 0; seed < MOST_OVERLAYS + 1; seed++) {
      train(10, { seed });
      await state().keepAndCompare(async () => train(0, { seed }));
      await settled();
    }
    expect(state().overlays.map(({ slot }) => slot)).toEqual(range(0, MOST_OVERLAYS));
    expect(state().entries.at(-1)).toMatchObject({ slot: -1, config: { seed: 0 } });
  });

  test('a reload finds names, pins and overlays again', async () => {
    const storage = memoryStorage();
    const first = await page(storage);
    first.train(30);
    await first.state().keepAndCompare(async () => first.train(0));
    await first.settled();
    const [id] = first.ids();
    first.state().rename(id, '  Baseline ');
    first.state().pin(id, true);
    await first.settled();
    const second = await page(storage);
    expect(second.state().entries).toMatchObject([{ id, name: 'Baseline', is_pinned: true, slot: 0 }]);
    expect(second.state().overlays).toMatchObject([{ id, name: 'Baseline' }]);
    expect([...second.state().overlays[0].rows.columns.reward_mean.mean]).toEqual(range(0, 30));
  });

  test('the live run is written down while it goes, and is no entry of its own page', async () => {
    const storage = memoryStorage();
    const { train, state } = await page(storage);
    train(30);
    await state().flush();
    expect(state().entries).toEqual([]);
    expect((await page(storage)).state().entries).toHaveLength(1);
  });

  test('delete and clear can be undone, bit by bit', async () => {
    const { train, state, settled } = await page();
    train(30);
    await state().keepAndCompare(async () => train(30, { seed: 2 }));
    train(0, { seed: 3 });
    await settled();
    const before = state().entries;
    const rows = state().overlays[0].rows;
    await state().remove(before[1].id);
    expect(state().entries).toEqual([before[0]]);
    expect(state().overlays).toEqual([]);
    await state().undo();
    expect(state().entries).toEqual(before);
    expect(state().overlays[0].rows).toEqual(rows);
    await state().clear();
    expect(state()).toMatchObject({ entries: [], overlays: [], bytes: 0 });
    await state().undo();
    expect(state().entries).toEqual(before);
  });

  test('an undo that comes before the storage has removed anything brings the runs back', async () => {
    const { train, state, settled } = await page();
    train(30);
    train(30, { seed: 2 });
    train(0, { seed: 3 });
    await settled();
    const before = state().entries;
    void state().clear();
    expect(state().entries).toEqual([]);
    void state().undo();
    await settled();
    expect(state()).toMatchObject({ entries: before, removed: undefined });
  });

  test('a run that is deleted while it is written does not come back', async () => {
    const { train, state, settled, runs } = await page();
    const seen: number[] = [];
    train(30);
    train(0, { seed: 2 }); // the former run is on its way to the storage
    const [{ id }] = state().entries;
    void Promise.resolve().then(() => {
      void state().remove(id);
      runs.subscribe(({ entries }) => seen.push(entries.length));
    });
    await settled();
    await settled();
    expect(state()).toMatchObject({ entries: [], removed: { number: 1 } });
    expect(new Set(seen)).toEqual(new Set([0]));
  });

  test('unreadable runs stay where they are, are spoken of, and go with Clear all', async () => {
    const storage = memoryStorage();
    await storage.putBack([{ id: 'bad', meta: { version: 99 }, rows: 1 }]);
    const { state, train, settled } = await page(storage);
    train(30);
    train(0, { seed: 2 });
    await settled();
    expect(state().entries).toHaveLength(1);
    expect(state().unreadable).toMatch(/^A stored run could not be read \('version' is 99; wanted 1.*Clear all.*\.$/);
    expect(await storage.list()).toHaveLength(2);
    await state().clear();
    expect(await storage.list()).toEqual([]);
    await state().undo();
    expect(await storage.list()).toHaveLength(2);
  });

  test('rows that cannot be read give a sentence and no curve', async () => {
    const storage = memoryStorage();
    const meta = { ...recorded(9).recording.meta, slot: 2 };
    await storage.putBack([{ id: 'x', meta, rows: { version: 1, id: 'x' } }]);
    const { state } = await page(storage);
    expect(state()).toMatchObject({ overlays: [], entries: [{ id: 'x' }] });
    expect(state().problem).toMatch(/'first' is missing; wanted whole numbers/);
  });

  test('a storage that cannot be opened: one sentence, and everything else works', async () => {
    const run = makeRunStore(() => 0);
    const runs = makeRunsStore(registries, run, () => Promise.reject(new DOMException('no', 'SecurityError')));
    await runs.getState().begin();
    expect(runs.getState().problem).toMatch(/^The browser refused to store runs \(SecurityError\), so they last .*\.$/);
    run.getState().setInfo(info(), true);
    run.getState().addRows(batchOf(range(0, 30), 1, 1, (s) => s));
    run.getState().setInfo(info({ config: defaultRun({ seed: 2 }) }), true);
    await runs.getState().settled();
    expect(runs.getState().entries).toHaveLength(1);
  });

  test('a full storage: the oldest makes room, else the run lasts as long as the tab', async () => {
    const storage = memoryStorage();
    let room = 1;
    const full: RunStorage = {
      ...storage,
      save: async (recording) => {
        if ((await storage.list()).length >= room) throw new DOMException('full', 'QuotaExceededError');
        await storage.save(recording);
      },
    };
    const { train, state, settled } = await page(full);
    for (const seed of [1, 2]) train(30, { seed });
    train(0, { seed: 3 });
    await settled();
    expect(state().problem).toBe('');
    expect(state().entries.map(({ config }) => config.seed)).toEqual([2]);
    room = 0;
    train(30, { seed: 4 });
    train(0, { seed: 5 });
    await settled();
    expect(state().problem).toMatch(/no room left for the run \(QuotaExceededError\)/);
    expect(state().entries.map(({ config }) => config.seed)).toContain(4);
  });

  test('two tabs over one storage lose nothing of each other', async () => {
    const storage = memoryStorage();
    const tabs = [await page(storage), await page(storage)];
    await Promise.all(
      tabs.map(async ({ train, settled }, tab) => {
        for (let k = 0; k < 4; k++) train(20 + k, { seed: 10 * tab + k });
        train(0);
        await settled();
      }),
    );
    const third = await page(storage);
    expect(
      third
        .state()
        .entries.map(({ config }) => config.seed)
        .sort((a, b) => a - b),
    ).toEqual([0, 1, 2, 3, 10, 11, 12, 13]);
    const [id] = third.ids();
    third.state().rename(id, 'Mine');
    third.state().overlay(id, true);
    await third.settled();
    expect(third.state().overlays).toHaveLength(1);
    expect(tabs[0].state().overlays).toEqual([]);
    tabs[0].state().pin(id, true);
    await tabs[0].settled();
    expect((await page(storage)).state().entries[0]).toMatchObject({ name: 'Mine', is_pinned: true });
  });

  test('the table holds what the list and the charts say, as text with tabs', async () => {
    const { train, state, settled, run } = await page();
    train(30, { hyper: { learning_rate: 0.3 } });
    await state().keepAndCompare(async () => train(10));
    await settled();
    const rows = comparedRuns(registries, state(), run.getState(), 'current');
    expect(rows.map(({ name, reward, last_step }) => ({ name, reward, last_step }))).toEqual([
      { name: 'GRPO (this run)', reward: 9, last_step: 9 },
      { name: 'GRPO, learning rate 0.3', reward: 29, last_step: 29 },
    ]);
    expect(rows[1].difference).toMatch(/^learning rate 0\.3 instead of /);
    const lines = tableText(rows).split('\n');
    expect(lines.map((line) => line.split('\t').length)).toEqual([7, 7, 7]);
  });
});
