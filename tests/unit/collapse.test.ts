import { expect, test } from 'vitest';
import { algorithms, partsOf } from '../../src/algorithms/index.ts';
import { policies } from '../../src/policies/index.ts';
import { anewWith, CollapseWatch, moveFrom } from '../../src/state/collapse.ts';
import { MetricStore } from '../../src/state/metricStore.ts';
import { tasks } from '../../src/tasks/index.ts';

type Rows = readonly (readonly [entropy: number, flat: number])[];

/** Rows of one replica that hold entropy, the share of groups without spread, and rewards that grow by 0.01 a step. */
function fill(store: MetricStore, rows: Rows): MetricStore {
  store.setMetrics(['entropy', 'frac_reward_zero_std', 'reward_mean']);
  store.append({
    num_metrics: 3,
    num_replicas: 1,
    steps: Int32Array.from(rows, (_, i) => i),
    seconds: Float64Array.from(rows, (_, i) => i),
    values: Float32Array.from(rows.flatMap((row, i) => [...row, i / 100])),
  });
  return store;
}
const storeOf = (rows: Rows) => fill(new MetricStore(), rows);

const falling = Array.from({ length: 60 }, (_, i): [number, number] => [1.7 * 0.9 ** i, i < 30 ? 0.1 : 0.9]);

test('a collapse is found at the first step after which both means have crossed', () => {
  const found = new CollapseWatch().look(storeOf(falling));
  expect(found?.step).toBe(32); // of rows 28 to 32 three have a share of 0.9
  expect(found?.flat).toBeCloseTo(0.58, 5);
  expect(found?.entropy).toBeLessThan(0.17);
  expect(found?.reward).toBeCloseTo(0.3, 5);
});

test('entropy that falls while groups still differ is no collapse, and neither is one flat batch', () => {
  expect(new CollapseWatch().look(storeOf(falling.map(([h]) => [h, 0.2])))).toBeUndefined();
  expect(new CollapseWatch().look(storeOf(falling.map(([h], i) => [i === 40 ? h : 1.7, 0.9])))).toBeUndefined();
});

test('a new run is looked at from its beginning', () => {
  const watch = new CollapseWatch();
  const store = storeOf(falling);
  expect(watch.look(store)).toBeDefined();
  store.clear();
  expect(watch.look(store)).toBeUndefined();
  // more rows than the first run had, before anybody looked
  fill(
    store,
    Array.from({ length: 70 }, () => [1.7, 0.1] as const),
  );
  expect(watch.look(store)).toBeUndefined();
});

test('the next move is never the algorithm that runs', () => {
  const catalogue = { algorithms, tasks, policies, partsOf };
  for (const id of Object.keys(algorithms)) expect(moveFrom(catalogue, id)?.algorithm).not.toBe(id);
  const first = moveFrom(catalogue, 'grpo')!;
  expect(first.algorithm).toBe('kl_cov');
  expect(anewWith(first.algorithm)).toBe(first.anew);
});
