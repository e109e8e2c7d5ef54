/** The page's state: the address, the rows of a run, and what the stores do with what the worker says. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { complainValue, type Knob } from '../../src/engine/table.ts';
import { stepAxis, valueAxis } from '../../src/state/axis.ts';
import { hyperGroups, SETTING_PLACES, settingTables } from '../../src/state/catalogue.ts';
import { chartRows, spanKey } from '../../src/state/chartRows.ts';
import { formatCount, formatNumber, formatPlain, formatValue } from '../../src/state/format.ts';
import { clampValue, numPositions, positionOf, valueAt } from '../../src/state/knobScale.ts';
import { MetricStore } from '../../src/state/metricStore.ts';
import { registries } from '../../src/state/registries.ts';
import { makeRunStore } from '../../src/state/runStore.ts';
import { extentOf, nearestPlace, readingPlaces, rowAt } from '../../src/state/runsChart.ts';
import { coefLevel, coefLimit } from '../../src/state/sampleScale.ts';
import { DEFAULT_SETUP, keepAddress, makeSetupStore } from '../../src/state/setupStore.ts';
import { adapterSentence, chartSentence } from '../../src/state/summary.ts';
import {
  LINK_VERSION,
  queryOf,
  readQuery,
  type Setup,
  versioned,
  writeLink,
  writeQuery,
} from '../../src/state/urlState.ts';
import { anyConfig } from './lib/anyConfig.ts';
import { batchOf, info, range } from './lib/rows.ts';

const read = (search: string) => readQuery(registries, DEFAULT_SETUP, search);

const PATIENCE_MS = 120_000; // of what is judged by the processor's time alone

/** Milliseconds of the processor that something takes: what other programs have of the cores does not count. */
function processorMs(act: () => void): number {
  const began = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

/** Every setup that the page can be in. */
const anySetup: fc.Arbitrary<Setup> = fc.record({
  config: anyConfig(2 ** 32 - 1),
  engine: fc.constantFrom('auto' as const, 'webgpu' as const, 'cpu' as const),
  speed: fc.integer({ min: 0, max: 1000 }),
});

describe('address', () => {
  test('the default setup needs no query', () => {
    expect(writeQuery(registries, DEFAULT_SETUP, DEFAULT_SETUP)).toBe('');
    expect(read('')).toEqual({ setup: DEFAULT_SETUP, complaints: [] });
  });

  test('every setup survives the way through the address', () => {
    fc.assert(
      fc.property(anySetup, (setup) => {
        const back = read(writeQuery(registries, DEFAULT_SETUP, setup));
        expect(back.complaints).toEqual([]);
        expect(back.setup).toEqual(setup);
      }),
      { numRuns: 300 },
    );
  });

  test('every setup survives a link that is handed on, which names its version', () => {
    expect(writeLink(registries, DEFAULT_SETUP, DEFAULT_SETUP)).toBe(`?v=${LINK_VERSION}`);
    const search = '?utm=x&seed=3&sweep=learning_rate:0.01,0.1';
    expect(writeLink(registries, DEFAULT_SETUP, DEFAULT_SETUP, search)).toBe(
      `?v=${LINK_VERSION}&sweep=learning_rate%3A0.01%2C0.1`,
    );
    fc.assert(
      fc.property(anySetup, fc.constantFrom('', '#law', '#experiments/entropy_collapse'), (setup, hash) => {
        const link = `https://example.org/lab/${writeLink(registries, DEFAULT_SETUP, setup)}${hash}`;
        expect(link).toContain(`?v=${LINK_VERSION}`);
        expect(read(queryOf(link))).toEqual({ setup, complaints: [] });
        expect(read(queryOf(queryOf(link).slice(1)) || '?').setup).toEqual(setup);
      }),
      { numRuns: 200 },
    );
  });

  test('a link without a version is one of version 1, whatever this build writes', () => {
    fc.assert(
      fc.property(anySetup, (setup) => {
        const query = writeQuery(registries, DEFAULT_SETUP, setup);
        expect(read(query)).toEqual(read(`?v=1&${query.slice(1)}`));
      }),
      { numRuns: 50 },
    );
    expect(read('?seed=5')).toMatchObject({ setup: { config: { seed: 5 } }, complaints: [] });
  });

  test('the version stands ahead of all else that an address says, and never alone', () => {
    expect(['', '?', '?v=1', '?v=7'].map(versioned)).toEqual(['', '', '', '']);
    expect(versioned('?utm=a&seed=3')).toBe(`?v=${LINK_VERSION}&utm=a&seed=3`);
    expect(versioned('?seed=3&v=7')).toBe('?v=7&seed=3');
    fc.assert(
      fc.property(fc.webQueryParameters(), (search) => {
        const once = versioned(search);
        expect(versioned(once)).toBe(once);
        const others = new URLSearchParams(search);
        others.delete('v');
        expect(once.startsWith('?v=')).toBe(others.toString() !== '');
      }),
    );
  });

  test('a link of another version is read as far as it is known, with one sentence', () => {
    expect(read('?v=1&seed=5')).toMatchObject({ setup: { config: { seed: 5 } }, complaints: [] });
    const { setup, complaints } = read('?v=7&seed=5&algorithm=rloo');
    expect(setup.config).toMatchObject({ seed: 5, algorithm: 'rloo' });
    expect(complaints).toEqual([
      'The link is of version 7 and this build reads version 1. What it knows of the link was used.',
    ]);
    const version = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.double().map(String));
    fc.assert(
      fc.property(version, (text) => {
        const { setup: found, complaints: said } = read(`?${new URLSearchParams({ v: text, seed: '5' })}`);
        expect(found.config.seed).toBe(5);
        expect(said.length).toBe(Number(text) === 1 && text.trim() !== '' ? 0 : 1);
        for (const sentence of said) expect(sentence).toMatch(/\.$/);
      }),
    );
  });

  test('every setup survives relative to every other one', () => {
    fc.assert(
      fc.property(anySetup, anySetup, (base, setup) => {
        const back = readQuery(registries, base, writeQuery(registries, base, setup));
        expect(back.complaints).toEqual([]);
        expect(back.setup).toEqual(setup);
      }),
      { numRuns: 300 },
    );
  });

  test('garbage gives complaints and a setup within every table', () => {
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'v',
        'task',
        'policy',
        'algorithm',
        'seed',
        'engine',
        'speed',
        'part.source',
        'set.learning_rate',
      ),
      fc.constantFrom('batch.prompts', 'set.__proto__', 'part.constructor', 'task.toString', 'batch.valueOf', 'set.'),
    );
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.double().map(String),
      fc.constantFrom('NaN', '-1', '1e999', '__proto__', 'constructor', '', ' ', '0x10', '1'.repeat(400)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 12 }), (pairs) => {
        const { setup, complaints } = read(`?${new URLSearchParams(pairs)}`);
        const tables = settingTables(registries, setup.config);
        for (const place of SETTING_PLACES) {
          for (const [name, number] of Object.entries(setup.config[place])) {
            expect(complainValue(name, (tables[place] as Record<string, Knob>)[name], number)).toBeUndefined();
          }
        }
        expect(Object.hasOwn(registries.tasks, setup.config.task)).toBe(true);
        expect(Number.isInteger(setup.config.seed) && setup.config.seed >= 0).toBe(true);
        for (const sentence of complaints) expect(sentence).toMatch(/\.$/);
      }),
      { numRuns: 500 },
    );
  });

  test('any text after the question mark gives sentences and a setup that its own link gives again', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.webQueryParameters(),
      fc
        .array(
          fc.constantFrom(
            'seed',
            'v',
            'task',
            'set.',
            'set.clip_low',
            'part.',
            '=',
            '&',
            '%',
            '+',
            '1e309',
            '0x7f',
            '∞',
          ),
        )
        .map((words) => words.join('')),
    );
    fc.assert(
      fc.property(text, (search) => {
        const { setup, complaints } = read(`?${search}`);
        for (const sentence of complaints) expect(sentence).toMatch(/^[^\n]*\.$/);
        expect(read(writeLink(registries, DEFAULT_SETUP, setup))).toEqual({ setup, complaints: [] });
      }),
      { numRuns: 500 },
    );
  });

  test('a key that stands twice counts once, and says so', () => {
    const { setup, complaints } = read('?seed=3&seed=4&set.learning_rate=0.1&set.learning_rate=0.2&seed=5');
    expect(setup.config).toMatchObject({ seed: 3, hyper: { learning_rate: 0.1 } });
    expect(complaints).toEqual([
      "'seed' stands more than once. The first value was used.",
      "'set.learning_rate' stands more than once. The first value was used.",
    ]);
  });

  test('a link of a megabyte is read in no time', { timeout: PATIENCE_MS }, () => {
    const spent_ms = processorMs(() => {
      const many = read(`?seed=3&${Array.from({ length: 60_000 }, (_, k) => `set.knob_${k}=${k}`).join('&')}`);
      expect(many.setup.config.seed).toBe(3);
      expect(many.complaints.at(0)).toContain('The link has 60001 settings; wanted at most 200.');
      const long = read(`?task=${'a'.repeat(1_000_000)}&set.${'b'.repeat(1_000_000)}=1&seed=${'9'.repeat(1_000_000)}`);
      for (const sentence of long.complaints) expect(sentence.length).toBeLessThan(2000);
      expect(long.complaints).toHaveLength(3);
    });
    expect(spent_ms).toBeLessThan(5_000); // some 700 ms
  });

  test.each([
    ['NaN', 1],
    ['-Infinity', 0],
    ['Infinity', 2 ** 32 - 1],
    ['1e999', 2 ** 32 - 1],
    ['4294967296', 2 ** 32 - 1],
    ['1.5', 2],
    ['', 1],
    ['12abc', 1],
  ])('the seed %j becomes %d, with a sentence', (seed, wanted) => {
    const { setup, complaints } = read(`?${new URLSearchParams({ seed })}`);
    expect(setup.config.seed).toBe(wanted);
    expect(complaints).toHaveLength(1);
  });

  test('unreadable percent signs do no harm', () => {
    expect(() => read('?task=%E0%A4%A&%%%=1&set.%ZZ=3&&&=')).not.toThrow();
  });

  test('a value out of range is brought to the nearest end, with a sentence that says so', () => {
    const { setup, complaints } = read('?set.learning_rate=99&batch.prompts=3&seed=-4&algorithm=grpoo');
    expect(setup.config.hyper.learning_rate).toBe(1);
    expect([2, 4]).toContain(setup.config.batch.prompts);
    expect(setup.config.seed).toBe(0);
    expect(setup.config.algorithm).toBe('grpo');
    expect(complaints).toHaveLength(4);
    expect(complaints.join(' ')).toContain("Did you mean 'grpo'?");
    expect(complaints.join(' ')).toContain('Used 1 instead.');
  });

  test('parameters of others stay', () => {
    const changed = { ...DEFAULT_SETUP, engine: 'cpu' as const };
    expect(writeQuery(registries, DEFAULT_SETUP, changed, '?utm=a&engine=webgpu')).toBe('?utm=a&engine=cpu');
  });

  test('the address follows the store after a while, once', () => {
    vi.useFakeTimers();
    const store = makeSetupStore(registries, '');
    const replaceState = vi.fn();
    const page = { location: { search: '', pathname: '/lab/', hash: '' }, history: { state: null, replaceState } };
    const stop = keepAddress(registries, store, page as unknown as Window);
    for (let seed = 2; seed < 30; seed++) store.getState().setConfig({ ...store.getState().config, seed });
    expect(replaceState).not.toHaveBeenCalled();
    vi.runAllTimers();
    expect(replaceState).toHaveBeenCalledOnce();
    expect(replaceState.mock.calls[0][2]).toBe('/lab/?v=1&seed=29');
    page.location.search = '?v=1&seed=29';
    store.getState().setConfig({ ...store.getState().config, seed: DEFAULT_SETUP.config.seed });
    vi.runAllTimers();
    expect(replaceState.mock.calls.at(-1)?.[2]).toBe('/lab/'); // a plain address stays plain
    stop();
    vi.useRealTimers();
  });
});

describe('sliders', () => {
  const knobs = Object.values(registries.algorithms).flatMap((algorithm) =>
    SETTING_PLACES.flatMap((place) =>
      Object.entries<Knob>(
        settingTables(registries, { ...DEFAULT_SETUP.config, algorithm: algorithm.id, policy: 'transformer' })[place],
      ),
    ),
  );

  test('every position of every knob is an allowed value and leads back to itself or a neighbour', () => {
    expect(knobs.length).toBeGreaterThan(20);
    for (const [name, knob] of knobs) {
      const last = numPositions(knob);
      expect(last, name).toBeGreaterThan(0);
      expect(valueAt(knob, 0), name).toBe(knob.min);
      expect(valueAt(knob, last), name).toBe(knob.max);
      const wrong = range(0, last + 1).filter((p) => {
        const value = valueAt(knob, p);
        const is_allowed = complainValue(name, knob, value) === undefined;
        const is_home = Math.abs(positionOf(knob, value) - p) <= 1;
        return !is_allowed || !is_home || (p > 0 && !(value >= valueAt(knob, p - 1)));
      });
      expect(wrong, name).toEqual([]);
    }
  });

  test('any number is brought into the range', () => {
    fc.assert(
      fc.property(fc.constantFrom(...knobs), fc.double(), ([name, knob], wish) => {
        expect(complainValue(name, knob, clampValue(knob, wish))).toBeUndefined();
      }),
    );
  });

  test('off lies below a logarithmic range', () => {
    const knob: Knob = { value: 0, min: 0, max: 1, scale: 'log_zero', doc: '' };
    expect(valueAt(knob, 0)).toBe(0);
    expect(valueAt(knob, 1)).toBeCloseTo(1e-5);
    expect(formatValue(knob, 0)).toBe('off');
  });
});

describe('rows', () => {
  test('mean, lowest and highest over replicas; what was not measured stays unmeasured', () => {
    const store = new MetricStore();
    store.setMetrics(['a', 'b']);
    store.append(batchOf([0, 1], 3, 2, (s, r, m) => (m === 0 ? r + s : Number.NaN)));
    expect(store.latest('a')).toEqual({ step: 1, mean: 2, low: 1, high: 3 });
    expect(store.latest('b')).toBeUndefined();
    expect(store.latest('c')).toBeUndefined();
    expect(() => store.append(batchOf([2], 1, 3, () => 0))).toThrow('wanted 2');
  });

  test('any number of rows in any batches: few points, no lowest or highest value lost, means right', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9 }), (sizes, replicas, every) => {
        const store = new MetricStore();
        store.setMetrics(['always', 'sometimes']);
        const noise = (s: number, r: number) => Math.fround(Math.sin(s * 12.9898 + r * 78.233) * 43758.5453) % 1;
        let at = 0;
        for (const size of sizes) {
          store.append(
            batchOf(range(at, at + size), replicas, 2, (s, r, m) =>
              m === 0 || s % every === 0 ? noise(s, r) : Number.NaN,
            ),
          );
          at += size;
          chartRows({ metrics: store }, ['always']); // drawn now and then: must not change what is drawn later
        }
        const rows = chartRows({ metrics: store }, ['always', 'sometimes']);
        expect(rows.length).toBeLessThanOrEqual(256);
        expect(rows[0].first).toBe(0);
        expect(rows.at(-1)!.last).toBe(at - 1);
        for (const row of rows) {
          const inside = range(row.first, row.last + 1).flatMap((s) => range(0, replicas).map((r) => noise(s, r)));
          const mean = inside.reduce((a, b) => a + b, 0) / inside.length;
          expect(row.always as number).toBeCloseTo(mean, 4);
          if (inside.length > 1) {
            const [low, high] = row[spanKey('always')] as [number, number];
            expect(low).toBeCloseTo(Math.min(...inside), 5);
            expect(high).toBeCloseTo(Math.max(...inside), 5);
          }
          const has_some = range(row.first, row.last + 1).some((s) => s % every === 0);
          expect(row.sometimes !== null).toBe(has_some);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('a hundred thousand steps cost little to append and to draw', { timeout: PATIENCE_MS }, () => {
    const store = new MetricStore();
    const ids = range(0, 15).map(String);
    store.setMetrics(ids);
    const spent_ms = processorMs(() => {
      for (let at = 0; at < 100_000; at += 50) {
        const batch = batchOf(range(at, at + 50), 1, 15, (s) => s);
        store.append(batch);
        chartRows({ metrics: store }, ['0', '1', '2']);
      }
    });
    console.log(`100,000 rows of 15 metrics, drawn 2,000 times: ${spent_ms.toFixed(0)} ms of the processor`);
    expect(store.num_rows).toBe(100_000);
    expect(chartRows({ metrics: store }, ['0']).length).toBeLessThanOrEqual(256);
    expect(spent_ms).toBeLessThan(5_000); // some 800 ms
  });

  test('points do not move when rows arrive', () => {
    const store = new MetricStore();
    store.setMetrics(['a']);
    store.append(batchOf(range(0, 300), 1, 1, (s) => Math.sin(s)));
    const before = chartRows({ metrics: store }, ['a']);
    store.append(batchOf(range(300, 400), 1, 1, (s) => Math.sin(s)));
    const after = chartRows({ metrics: store }, ['a']);
    expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
  });

  test('metrics that come with an exchanged part begin where they come', () => {
    const store = new MetricStore();
    store.setMetrics(['a']);
    store.append(batchOf([0, 1, 2], 1, 1, () => 1));
    store.setMetrics(['b', 'a']);
    store.append(batchOf([3], 1, 2, (_s, _r, m) => m));
    expect(store.first('b')?.step).toBe(3);
    expect(store.latest('a')).toMatchObject({ step: 3, mean: 1 });
    store.clear();
    expect(store.latest('a')).toBeUndefined();
    expect(store.num_rows).toBe(0);
  });

  test('infinite values are not drawn', () => {
    const store = new MetricStore();
    store.setMetrics(['a']);
    store.append(batchOf([0, 1], 1, 1, (s) => (s === 0 ? 1 : Number.POSITIVE_INFINITY)));
    expect(chartRows({ metrics: store }, ['a']).map((row) => row.a)).toEqual([1, null]);
  });

  test('reading a chart finds the nearest point', () => {
    const rows = range(0, 10).map((k) => ({ step: 2 * k + 0.5, first: 2 * k, last: 2 * k + 1 }));
    const places = readingPlaces(rows, []);
    expect(nearestPlace([], 3)).toBe(-1);
    for (const [step, at] of [
      [-5, 0],
      [0.5, 0],
      [1.4, 0],
      [1.6, 1],
      [18.5, 9],
      [99, 9],
    ])
      expect(nearestPlace(places, step)).toBe(at);
    expect(extentOf(rows, [])).toEqual({ first: 0, last: 19 });
    expect(rowAt(rows, 18.5)).toBe(rows[9]);
    expect(rowAt(rows, 20)).toBeUndefined();
  });

  test('axes have round ticks and hold everything that is drawn', () => {
    const rows = [
      { step: 0, first: 0, last: 0, a: 0.03 },
      { step: 643, first: 640, last: 646, a: 0.97 },
    ];
    expect(stepAxis(rows, 6)).toEqual({ domain: [0, 646], ticks: [0, 200, 400, 600] });
    expect(valueAxis(rows, ['a'], [1], 4)).toEqual({ domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] });
    expect(valueAxis([], ['a'], [], 4)).toEqual({ domain: [0, 1], ticks: [0, 1] });
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const drawn = values.map((a, step) => ({ step, first: step, last: step, a }));
        const { domain, ticks } = valueAxis(drawn, ['a'], [], 4);
        // a value a billionth of a tick outside a round number does not buy another tick
        const slack = 1e-6 + (Math.max(...values) - Math.min(...values)) * 1e-9;
        expect(domain[0]).toBeLessThanOrEqual(Math.min(...values) + slack);
        expect(domain[1]).toBeGreaterThanOrEqual(Math.max(...values) - slack);
        expect(ticks.length).toBeLessThan(12);
      }),
    );
  });
});

describe('words', () => {
  test('numbers', () => {
    expect([0, 1, 0.12345, -0.5, 999.7, 1234.5, 1e-8, Number.NaN].map((x) => formatNumber(x))).toEqual([
      '0',
      '1.00',
      '0.123',
      '−0.500',
      '1,000',
      '1,235',
      '1.00e−8',
      '–',
    ]);
    expect([formatCount(1e6), formatPlain(0.1 + 0.2), formatPlain(1e-8), formatPlain(1e30)]).toEqual([
      '1,000,000',
      '0.3',
      '1e-8',
      '1e30',
    ]);
  });

  test('the adapter is named, and a software adapter and the CPU engine are called what they are', () => {
    expect(adapterSentence(undefined)).toContain('Looking');
    expect(adapterSentence({ kind: 'webgpu', adapter: 'vendor x', is_software: false })).toBe('GPU: vendor x');
    expect(adapterSentence({ kind: 'webgpu', adapter: 'y', is_software: true })).toContain('Software adapter');
    expect(adapterSentence({ kind: 'cpu', adapter: 'CPU engine', is_software: true })).toBe('CPU engine');
  });

  test('the charts in a sentence', () => {
    const store = makeRunStore();
    store.getState().setInfo(info(), true);
    expect(chartSentence(store.getState())).toBe('No step has been measured yet.');
    store.getState().addRows(batchOf([0, 9], 1, 1, (s) => s / 10));
    expect(chartSentence(store.getState())).toBe(
      'At step 9: reward 0.900 (it began at 0), the best possible reward is 1.00.',
    );
    store.setState({ spread: [{ clip_high: 0.1 }, { clip_high: 0.2 }] });
    expect(chartSentence(store.getState())).toMatch(
      /^At step 9: mean of 2 replicas that differ in clip high: reward 0.900/,
    );
  });

  test('knobs stand under the part they belong to, in the order of the worker', () => {
    const knob: Knob = { value: 0, min: 0, max: 1, scale: 'linear', doc: '' };
    const knobs = ['optimiser', 'stabiliser', 'stabiliser', 'optimiser'].map((group, i) => ({
      name: `k${i}`,
      group,
      knob,
    }));
    const groups = hyperGroups(registries, DEFAULT_SETUP.config, knobs);
    expect(groups.map((group) => group.entries.length)).toEqual([1, 2, 1]);
    expect(groups[1].title).toBe(`Stabiliser: ${registries.algorithms.grpo.stabiliser.title}`);
    expect(new Set(groups.map((group) => group.title)).size).toBe(3);
  });

  test('a coefficient has a colour whenever it is not zero', () => {
    const token = (coef: number, mask = 1) => ({
      symbol: 'a',
      mask,
      logp: 0,
      coef,
      advantage: 0,
      entropy: 0,
      clipped: false,
      ratio: 1,
    });
    const sample = {
      step: 0,
      replica: 0,
      prompt_index: 0,
      num_prompts: 1,
      prompt: '',
      prompt_id: 0,
      num_task_prompts: 1,
      responses: [
        {
          text: '',
          verdict: '',
          reward: 0,
          is_demonstration: false,
          tokens: [token(-2), token(0.001), token(0), token(9, 0)],
        },
      ],
    };
    const limit = coefLimit(sample);
    expect(limit).toBe(2);
    expect([-2, -0.9, -1e-9, 0, 1e-9, 2].map((coef) => coefLevel(coef, limit))).toEqual([-4, -2, -1, 0, 1, 4]);
    expect(coefLevel(Number.NaN, limit)).toBe(0);
  });
});
