/** How the charts draw a run: running means, windows, single replicas, logarithms; and what is kept of earlier samples. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logAxis } from '../../src/state/axis.ts';
import {
  chartRows,
  drawnRows,
  latestOfSingles,
  meanOfSingles,
  singleKey,
  smoothKey,
  spanKey,
} from '../../src/state/chartRows.ts';
import { barAt, barsOf, histogramSentence, spanOf } from '../../src/state/histogram.ts';
import { MetricStore } from '../../src/state/metricStore.ts';
import { bandPath, linePath, placeSingles, readingText } from '../../src/state/runsChart.ts';
import { isFollowed, SampleHistory, snapshotAt, superfluousStep } from '../../src/state/sampleHistory.ts';
import { coefLimit, signOf, TOKEN_COLORS } from '../../src/state/sampleScale.ts';
import { bandSentence } from '../../src/state/summary.ts';
import { fitted, panned, scaled, windowOf } from '../../src/state/zoom.ts';
import { binned } from '../../src/trainer/histogram.ts';
import type { SampleGroup, SampleToken } from '../../src/trainer/protocol.ts';
import { batchOf, range } from './lib/rows.ts';

const noise = (s: number, r = 0) => Math.fround(Math.abs(Math.sin(s * 12.9898 + r * 78.233)) + 0.1);

/** A store of so many rows of one metric. */
function stored(num_rows: number, replicas = 1, value: (s: number, r: number) => number = noise): MetricStore {
  const metrics = new MetricStore();
  metrics.setMetrics(['a']);
  metrics.watch(['a']);
  for (let at = 0; at < num_rows; at += 100)
    metrics.append(batchOf(range(at, Math.min(num_rows, at + 100)), replicas, 1, value));
  return metrics;
}
const meanOf = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('smoothing', () => {
  test('the running mean is the mean of the steps it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), fc.constantFrom(2, 5, 20, 100), (num_rows, smoothing) => {
        const { rows, smooth, steps_per_point } = drawnRows({ metrics: stored(num_rows) }, ['a'], { smoothing });
        expect(smooth).toBe(
          smoothing <= steps_per_point ? 0 : Math.ceil(smoothing / steps_per_point) * steps_per_point,
        );
        if (smooth === 0) return;
        for (const row of rows) {
          const end = row.first + steps_per_point;
          const inside = range(Math.max(0, end - smooth), Math.min(end, num_rows)).map((s) => noise(s));
          expect(row[smoothKey('a')]).toBeCloseTo(meanOf(inside), 5);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('what was not measured, or is infinite, neither counts nor stays', () => {
    const value = (s: number) => (s % 3 === 0 ? 1 : s === 4 ? Number.POSITIVE_INFINITY : Number.NaN);
    const { rows } = drawnRows({ metrics: stored(30, 1, value) }, ['a'], { smoothing: 5 });
    for (const row of rows) expect(row[smoothKey('a')]).toBe(row.first % 3 === 0 ? 1 : row.first === 4 ? 1 : null);
  });

  test('the legend says what is drawn', () => {
    expect(bandSentence(1, 1)).toBe('');
    expect(bandSentence(1, 1, { smooth: 20, smoothing: 20 })).toBe(
      'Thick line: mean of the last 20 steps. Faint line: every step.',
    );
    expect(bandSentence(4, 3, { num_singles: 3 })).toBe(
      'Thick line: mean of 4 steps and 3 replicas. Thin lines: replicas 1 to 3.',
    );
    expect(bandSentence(64, 1, { smoothing: 20 })).toContain('already');
  });
});

describe('windows', () => {
  test('a window is drawn in stretches as fine as it allows, with the values of the rows inside', () => {
    const metrics = stored(5000);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4900 }), fc.integer({ min: 4, max: 4000 }), (first, width) => {
        const window = { first, last: Math.min(4999, first + width) };
        const { rows, steps_per_point } = drawnRows({ metrics }, ['a'], { window, smoothing: 20 });
        expect(rows.length).toBeLessThanOrEqual(260);
        expect(rows[0].first).toBeLessThanOrEqual(window.first);
        expect(rows.at(-1)!.last).toBeGreaterThanOrEqual(window.last);
        expect(steps_per_point).toBeLessThanOrEqual(Math.max(1, Math.ceil(width / 128)));
        for (const row of rows) {
          expect(row.first % steps_per_point).toBe(0); // no point moves while the window does
          const inside = range(row.first, row.last + 1).map((s) => noise(s));
          expect(row.a).toBeCloseTo(meanOf(inside), 5);
          if (inside.length > 1) expect((row[spanKey('a')] as number[])[1]).toBeCloseTo(Math.max(...inside), 5);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('rows that arrive later fill a window and do not move it', () => {
    const metrics = stored(300);
    const window = { first: 200, last: 1000 };
    for (let at = 300; at < 3000; at += 37) {
      metrics.append(batchOf(range(at, at + 37), 1, 1, noise));
      const { rows } = drawnRows({ metrics }, ['a'], { window, smoothing: 50 });
      expect(rows.length).toBeLessThanOrEqual(260);
      for (const row of rows) {
        const inside = range(row.first, row.last + 1).map((s) => noise(s));
        expect(row.a).toBeCloseTo(meanOf(inside), 5);
      }
    }
  });

  test('windows over seconds, and of a run that has been emptied', () => {
    const metrics = stored(1000);
    const { rows } = drawnRows({ metrics }, ['a'], { by: 'seconds', window: { first: 10, last: 20 } });
    expect(rows[0].last).toBeLessThanOrEqual(10.01);
    expect(rows.at(-1)!.first).toBeLessThan(20.3);
    metrics.clear();
    expect(drawnRows({ metrics }, ['a'], { window: { first: 10, last: 20 } }).rows).toEqual([]);
    metrics.append(batchOf(range(0, 50), 1, 1, () => 7));
    expect(drawnRows({ metrics }, ['a'], { window: { first: 10, last: 20 } }).rows[0].a).toBe(7);
  });

  test('a hundred thousand steps: redraws of a window and of single replicas are cheap', () => {
    const metrics = stored(100_000, 8);
    chartRows({ metrics }, ['a']);
    const timed = (as: Parameters<typeof drawnRows>[2]) => {
      const began = performance.now();
      drawnRows({ metrics }, ['a'], as);
      return performance.now() - began;
    };
    const how = (k: number) => ({ window: { first: 500 + k, last: 99_000 }, smoothing: 100, has_singles: true });
    const pairs = range(0, 5).map((k) => [timed(how(k)), timed(how(k))]);
    const [anew, again] = [0, 1].map((i) => Math.min(...pairs.map((pair) => pair[i]))); // other programs have the cores too
    console.log(`100,000 rows, 8 replicas: a new window ${anew.toFixed(1)} ms, the same again ${again.toFixed(1)} ms`);
    expect(anew).toBeLessThan(200); // some 10 ms where nothing else runs
    expect(again).toBeLessThan(50);
  });

  test('zooming keeps a place, panning keeps the width, and nothing leaves the whole', () => {
    const whole = { first: 0, last: 1000 };
    const now = { first: 200, last: 600 };
    expect(fitted(scaled(now, 0.5, 300), whole, 'step')).toEqual({ first: 250, last: 450 });
    expect(fitted(scaled(now, 4, 300), whole, 'step')).toBeUndefined();
    expect(panned(now, 0.25, whole)).toEqual({ first: 300, last: 700 });
    expect(panned(panned({ first: 10, last: 60 }, 0.25, whole), -0.25, whole)).toEqual({ first: 10, last: 60 });
    expect(panned({ first: 900, last: 1000 }, 0.25, whole)).toEqual({ first: 900, last: 1000 });
    expect(fitted({ first: 500, last: 500.2 }, whole, 'step')).toEqual({ first: 498, last: 503 });
    expect(fitted({ first: -50, last: 50 }, whole, 'step')).toEqual({ first: 0, last: 100 });
    const metrics = stored(10);
    const zoom = { first: 1, last: 5, by: 'step' as const, generation: metrics.generation };
    expect(windowOf(zoom, metrics, 'step')).toMatchObject({ first: 1, last: 5 });
    expect(windowOf(zoom, metrics, 'seconds')).toBeUndefined();
    metrics.clear();
    expect(windowOf(zoom, metrics, 'step')).toBeUndefined();
  });
});

describe('single replicas', () => {
  test('each has its own line, and their mean is the mean', () => {
    const { rows, num_singles } = drawnRows({ metrics: stored(700, 3) }, ['a'], { has_singles: true });
    expect(num_singles).toBe(3);
    for (const row of rows) {
      const singles = range(0, 3).map((r) => row[singleKey('a', r)] as number);
      singles.forEach((value, r) => {
        expect(value).toBeCloseTo(meanOf(range(row.first, row.last + 1).map((s) => noise(s, r))), 5);
      });
      expect(row.a).toBeCloseTo(meanOf(singles), 5);
    }
  });

  test('one replica, or a metric that is not watched, has none', () => {
    expect(drawnRows({ metrics: stored(50) }, ['a'], { has_singles: true }).num_singles).toBe(0);
    const metrics = stored(50, 2);
    metrics.watch([]);
    expect(drawnRows({ metrics }, ['a'], { has_singles: true }).num_singles).toBe(0);
    metrics.every.giveUp(); // too many rows to keep every replica of every metric
    metrics.watch(['a']);
    metrics.append(batchOf(range(50, 60), 2, 1, noise));
    const { rows } = drawnRows({ metrics }, ['a'], { has_singles: true });
    expect(rows[49][singleKey('a', 1)]).toBeNull();
    expect(rows[50][singleKey('a', 1)]).toBeCloseTo(noise(50, 1), 5);
  });

  test('a metric that is watched later has the replicas of its earlier rows too, while those are kept', () => {
    const metrics = stored(50, 2);
    metrics.setMetrics(['a', 'b']); // an exchange brought another column
    metrics.append(batchOf(range(50, 60), 2, 2, (s, r, m) => noise(s, r) + m));
    metrics.watch(['b', 'a']);
    metrics.append(batchOf(range(60, 300), 2, 2, (s, r, m) => noise(s, r) + m));
    const { rows } = drawnRows({ metrics }, ['a', 'b'], { has_singles: true, window: { first: 40, last: 70 } });
    for (const row of rows) {
      for (const r of [0, 1]) {
        expect(row[singleKey('a', r)]).toBeCloseTo(noise(row.first, r), 5);
        if (row.first < 50) expect(row[singleKey('b', r)]).toBeNull();
        else expect(row[singleKey('b', r)]).toBeCloseTo(noise(row.first, r) + 1, 5);
      }
    }
    expect(rows.length).toBeGreaterThan(30);
  });

  test('the replicas of a sweep are read value by value', () => {
    const [row] = drawnRows({ metrics: stored(1, 4) }, ['a'], { has_singles: true }).rows;
    expect(meanOfSingles(row, 'a', [1, 3])).toBeCloseTo((noise(0, 1) + noise(0, 3)) / 2, 5);
    expect(meanOfSingles(row, 'b', [1, 3])).toBeUndefined();
    expect(meanOfSingles(undefined, 'a', [1])).toBeUndefined();
    const seldom = drawnRows({ metrics: stored(13, 2, (s, r) => (s % 10 === 0 ? s + r : Number.NaN)) }, ['a'], {
      has_singles: true,
    }).rows;
    expect(meanOfSingles(seldom.at(-1), 'a', [1])).toBeUndefined();
    expect(latestOfSingles(seldom, 'a', [1])).toBe(11);
    expect(latestOfSingles([], 'a', [1])).toBeUndefined();
    expect(readingText('step', 3, 'by clip high, 0.1: 0.5', [], '')).toBe('step 3: by clip high, 0.1: 0.5');
    expect(bandSentence(1, 4, { num_singles: 4, swept: 'clip high' })).toBe(
      'Lines: replicas 1 to 4, coloured by clip high.',
    );
    expect(bandSentence(4, 4, { num_singles: 4, swept: 'clip high', smooth: 20, smoothing: 20 })).toBe(
      'Lines: replicas 1 to 4, coloured by clip high, mean of the last 20 steps.',
    );
  });

  test('numbers stay apart and inside, and are left out where there is no room', () => {
    const { rows } = drawnRows({ metrics: stored(50, 16, () => 0.5) }, ['a'], { has_singles: true });
    const keys = range(0, 16).map((r) => singleKey('a', r));
    const area = { left: 52, top: 20, width: 600, height: 100, x: [0, 49], y: [0, 1] } as const;
    const { lines, labelled } = placeSingles(rows, keys, area);
    expect(lines).toHaveLength(16);
    expect(labelled.length).toBeLessThanOrEqual(7);
    const heights = labelled.map(({ label }) => label.y).sort((a, b) => a - b);
    heights.forEach((y, k) => {
      expect(y).toBeGreaterThanOrEqual(20);
      expect(y).toBeLessThanOrEqual(120);
      if (k > 0) expect(y - heights[k - 1]).toBeGreaterThanOrEqual(13);
    });
  });
});

describe('log scale', () => {
  test('round ends outside the values, ticks inside, whatever the range', () => {
    expect(logAxis(0.02, 1.9, 5)).toMatchObject({ domain: [0.02, 2] });
    const positive = fc.double({ min: 1e-9, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(positive, positive, fc.integer({ min: 2, max: 7 }), (a, b, count) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const { domain, ticks } = logAxis(low, high, count);
        expect(domain[0]).toBeGreaterThan(0);
        expect(domain[0]).toBeLessThanOrEqual(low * (1 + 1e-5));
        expect(domain[1]).toBeGreaterThanOrEqual(high * (1 - 1e-5));
        expect(ticks.length).toBeGreaterThan(0);
        expect(ticks.length).toBeLessThan(14);
      }),
    );
  });

  test('equal factors are equal distances', () => {
    const rows = [1, 10, 100].map((a, k) => ({ step: k, first: k, last: k, a }));
    const area = { left: 0, top: 0, width: 2, height: 100, x: [0, 2], y: [1, 100], is_log: true } as const;
    expect(linePath(rows, 'a', area)).toBe('M0 100L1 50L2 0');
  });
});

test('a band runs along the highest values and back along the lowest, over what was not measured', () => {
  const spans = [[0, 4], [1, 3], null, [2, 2]] as const;
  const rows = spans.map((span, k) => ({
    step: k,
    first: k,
    last: k,
    a_span: span && ([...span] as [number, number]),
  }));
  const area = { left: 0, top: 0, width: 30, height: 40, x: [0, 3], y: [0, 4] } as const;
  expect(bandPath(rows, 'a_span', area)).toBe('M0 0L10 10L30 20L30 20L10 30L0 40Z');
  expect(bandPath(rows, 'b_span', area)).toBe('');
});

describe('histogram', () => {
  const of = (values: number[]) => ({
    ...{ of: 'advantage' as const, step: 3, replica: 0, unit: 'response' as const, count: values.length },
    ...{ mean: meanOf(values), low: Math.min(...values), high: Math.max(...values) },
    ...binned(values),
  });

  test('every value is in one bar on its side of zero', () => {
    const number = fc.double({ min: -50, max: 50, noNaN: true }).map((v) => (Math.abs(v) < 1e-30 ? 0 : v));
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), (values) => {
        const histogram = of(values);
        const bars = barsOf(histogram);
        const sum = (side: (bar: { low: number; high: number }) => boolean) =>
          bars.filter(side).reduce((total, { count }) => total + count, 0);
        expect(sum(({ low }) => low >= 0) - histogram.zeros).toBe(values.filter((v) => v > 0).length);
        expect(sum(({ high, low }) => high <= 0 && low < 0)).toBe(values.filter((v) => v < 0).length);
        expect(bars.length).toBeLessThan(60);
      }),
    );
  });

  test('what is read and said', () => {
    const histogram = of([-1, -1, 0, 0, 0, 3]);
    expect(histogramSentence(histogram)).toContain('17 % above 0, 33 % below, 50 % exactly 0');
    expect(spanOf(histogram)).toEqual([-1, 3]);
    expect(barsOf(histogram)[barAt(histogram, 0.001, 0.01)]).toMatchObject({ low: 0, high: 0, count: 3 });
    expect(barsOf(histogram)[barAt(histogram, 2.99, 0.01)].count).toBe(1);
    expect(spanOf(of([0, 0]))).toEqual([-1, 1]);
  });
});

describe('samples', () => {
  const sampleOf = (step: number, prompt_id = 0, tokens: SampleToken[] = []): SampleGroup => ({
    ...{ step, replica: 0, prompt_index: 0, num_prompts: 8, prompt: '', prompt_id, num_task_prompts: 8 },
    responses: [{ text: '', verdict: '', reward: 0, is_demonstration: false, tokens }],
  });

  test('few snapshots are kept, the first and the latest among them, with gaps that grow with their age', () => {
    const history = new SampleHistory();
    for (let step = 0; step < 50_000; step += 20) history.add(sampleOf(step));
    const steps = history.of(sampleOf(0)).map(({ step }) => step);
    expect(steps).toHaveLength(64);
    expect(steps[0]).toBe(0);
    expect(steps.at(-1)).toBe(49_980);
    const gap = (k: number) => steps[k + 1] - steps[k];
    expect(gap(62)).toBeLessThanOrEqual(200);
    expect(meanOf(range(0, 10).map(gap))).toBeGreaterThan(5 * meanOf(range(53, 63).map(gap)));
    expect(superfluousStep([0, 10, 11, 100])).toBe(1);
  });

  test('snapshots belong to a prompt; a run that begins again replaces them', () => {
    const history = new SampleHistory();
    history.add(sampleOf(5, 1));
    history.add(sampleOf(9, 2));
    history.add(sampleOf(9, 1));
    history.add(sampleOf(9, 1));
    expect(history.of(sampleOf(0, 1)).map(({ step }) => step)).toEqual([5, 9]);
    history.add(sampleOf(2, 1));
    expect(history.of(sampleOf(0, 1)).map(({ step }) => step)).toEqual([2]);
    for (let prompt = 3; prompt < 20; prompt++) history.add(sampleOf(1, prompt));
    expect(history.of(sampleOf(0, 1))).toEqual([]);
    expect(snapshotAt([sampleOf(2), sampleOf(8)], 6)).toBe(1);
    expect(snapshotAt([sampleOf(2), sampleOf(8)], undefined)).toBe(1);
    expect(isFollowed(undefined, sampleOf(0))).toBe(true);
    expect(isFollowed(undefined, { num_prompts: 8, num_task_prompts: 100 })).toBe(false);
    expect(isFollowed(true, { num_prompts: 8, num_task_prompts: 100 })).toBe(true);
  });

  test('a colour always has a symbol, masked tokens have neither', () => {
    const token = (change: Partial<SampleToken>): SampleToken => ({
      ...{ symbol: 'a', mask: 1, logp: -1, coef: 0, advantage: 0, entropy: 0, clipped: false, ratio: 1 },
      ...change,
    });
    const tokens = [
      token({ coef: 2, advantage: -1, ratio: 0.5, entropy: 0.3 }),
      token({ mask: 0, coef: 9, advantage: 9, ratio: 9, entropy: 9 }),
      token({ ratio: 1 + 1e-7 }),
    ];
    const limits = TOKEN_COLORS.map((by) => coefLimit(sampleOf(0, 0, tokens), by));
    expect(limits.map((limit) => limit.toFixed(2))).toEqual(['2.00', '1.00', '0.69', '0.30']);
    expect(TOKEN_COLORS.map((by, k) => signOf(tokens[0], by, limits[k]))).toEqual(['+', '−', '−', '4']);
    for (const [k, by] of TOKEN_COLORS.entries()) {
      expect(signOf(tokens[1], by, limits[k])).toBe('');
      expect(signOf(tokens[2], by, limits[k])).toBe('');
    }
  });
});
