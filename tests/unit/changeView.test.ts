/** The entropy change that a covariance predicts, beside the one that was measured. */
import { describe, expect, test } from 'vitest';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { changeSentence, changeView, MEASURED_CHANGE, PREDICTED_CHANGE } from '../../src/state/changeView.ts';
import { MetricStore } from '../../src/state/metricStore.ts';
import { DEFAULT_SETUP } from '../../src/state/setupStore.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';
import { batchOf, range } from './lib/rows.ts';

const storeOf = (rows: number, value: (step: number, metric: number) => number) => {
  const metrics = new MetricStore();
  metrics.setMetrics([MEASURED_CHANGE, PREDICTED_CHANGE]);
  if (rows > 0) metrics.append(batchOf(range(0, rows), 1, 2, (s, _r, m) => value(s, m)));
  return metrics;
};

describe('change of the entropy', () => {
  test('slope and correlation are those that made the rows, steps without a measurement left out', () => {
    const predicted = (s: number) => -0.01 * (1 + (s % 5));
    const view = changeView(
      storeOf(60, (s, m) => (s === 7 ? Number.NaN : m === 0 ? 1.5 * predicted(s) : predicted(s))),
    );
    expect(view.num_measured).toBe(59);
    expect(view.slope).toBeCloseTo(1.5, 5);
    expect(view.correlation).toBeCloseTo(1, 5);
    expect(view.measured).toBeCloseTo(1.5 * view.predicted, 5);
    expect(changeSentence(view)).toContain('Over 59 steps');
    expect(changeSentence(view)).toContain('1.5 times the predicted one, with a correlation of 1.0');
  });

  test('a long run is thinned to points that stay', () => {
    const before = changeView(storeOf(1000, (s) => -s));
    const after = changeView(storeOf(1400, (s) => -s));
    expect(before.points.length).toBeLessThanOrEqual(400);
    expect(after.points.slice(0, before.points.length)).toEqual(before.points);
  });

  test('without rows, without the metrics, or where nothing moved there is no number', () => {
    expect(changeSentence(changeView(new MetricStore()))).toContain('Fewer than three');
    expect(changeSentence(changeView(storeOf(2, () => 1)))).toContain('Fewer than three');
    const still = changeSentence(changeView(storeOf(9, () => 0)));
    expect(still).toContain('Over 9 steps');
    expect(still).not.toMatch(/NaN|times/);
  });

  test('of a real run the two agree', async () => {
    const batch = { entropy_watch: 1, eval_every: 0 };
    const executor = new CpuExecutor(shaderLibrary, { slots: slotTwins() });
    const run = await Run.open(executor, { ...DEFAULT_SETUP.config, batch });
    const rows = await run.advance(30);
    const ids = run.info().metrics.map(({ id }) => id);
    const metrics = new MetricStore();
    metrics.setMetrics(ids);
    metrics.append(batchOf(range(0, 30), 1, ids.length, (s, _r, m) => rows[s].values[m]));
    const view = changeView(metrics);
    expect(view.num_measured).toBe(30);
    expect(view.correlation).toBeGreaterThan(0.9);
    expect(view.slope).toBeGreaterThan(0.5);
    expect(view.slope).toBeLessThan(1.5);
  });
});
