/** The charts as a table: the numbers of the lines in few rows, for whoever reads them one by one. */
import { describe, expect, test } from 'vitest';
import { chartTable } from '../../src/state/chartTable.ts';
import { makeRunStore, type Spread } from '../../src/state/runStore.ts';
import type { Overlay } from '../../src/state/runs.ts';
import { batchOf, info, range } from './lib/rows.ts';

const METRICS = [
  { id: 'reward_mean', label: 'Reward', unit: '', doc: '' },
  { id: 'accuracy', label: 'Accuracy', unit: '', doc: '' },
  { id: 'entropy', label: 'Entropy', unit: 'nats', doc: '' },
  { id: 'grad_norm', label: 'Gradient norm', unit: '', doc: '' },
];
/** Reward is the step plus the replica, accuracy is measured at every tenth step, entropy is 2. */
const measured = (s: number, r: number, m: number) => [s + r, s % 10 === 0 ? 0.5 : Number.NaN, 2, 7][m];

function run(steps: number, replicas = 1, spread?: Spread) {
  const store = makeRunStore();
  store.getState().setInfo(info({ metrics: METRICS }), true);
  if (spread) store.setState({ spread });
  store.getState().metrics.watch(['reward_mean', 'accuracy', 'entropy']);
  if (steps > 0) store.getState().addRows(batchOf(range(0, steps), replicas, METRICS.length, measured));
  return store.getState();
}
const PLAIN = { charted: [], overlays: [], by: 'step', zoom: undefined } as const;

describe('the charts as a table', () => {
  test('few steps have a row each, with what was measured', () => {
    const { caption, heads, rows } = chartTable(run(12), PLAIN);
    expect(caption).toBe('The charts from step 0 to step 11.');
    expect(heads).toEqual(['Steps', 'Reward', 'Accuracy', 'Entropy, nats']);
    expect(rows).toHaveLength(12);
    expect(rows[3]).toEqual(['3', '3.00', 'not measured', '2.00']);
    expect(rows[10]).toEqual(['10', '10.0', '0.500', '2.00']);
  });

  test('many steps are joined at round ones: mean over the row, lowest and highest of the replicas', () => {
    const { caption, rows } = chartTable(run(1234, 3), { ...PLAIN, charted: ['grad_norm', 'histogram'] });
    expect(caption).toBe(
      'The charts from step 0 to step 1,233. Each number is the mean over the steps of its row. In brackets the lowest and the highest of the replicas.',
    );
    expect(rows.map(([place]) => place)).toEqual([
      '0 to 99',
      ...range(1, 12).map((k) => `${(k * 100).toLocaleString('en')} to ${(k * 100 + 99).toLocaleString('en')}`),
      '1,200 to 1,233',
    ]);
    expect(rows[1].slice(1)).toEqual([
      '151 (100 to 201)',
      '0.500 (0.500 to 0.500)',
      '2.00 (2.00 to 2.00)',
      '7.00 (7.00 to 7.00)',
    ]);
  });

  test('shows the window of the charts, and seconds where they are over time', () => {
    const state = run(300);
    const { generation } = state.metrics;
    const zoom = { first: 40, last: 49, by: 'step', generation } as const;
    expect(chartTable(state, { ...PLAIN, zoom }).rows.map(([place]) => place)).toEqual(range(40, 50).map(String));
    const { heads, rows } = chartTable(state, { ...PLAIN, by: 'seconds', zoom });
    expect(heads.slice(0, 2)).toEqual(['Steps', 'Seconds']);
    expect(rows).toHaveLength(15);
    expect(rows[0].slice(0, 2)).toEqual(['0 to 19', '0 to 1.90']);
  });

  test('a sweep has a column for each value, an overlaid run one beside the live one', () => {
    const spread = [0.1, 0.2, 0.1, 0.2].map((clip_high) => ({ clip_high }));
    const swept = chartTable(run(5, 4, spread), PLAIN);
    expect(swept.heads.slice(0, 3)).toEqual(['Steps', 'Reward, 0.1', 'Reward, 0.2']);
    expect(swept.rows[2].slice(0, 3)).toEqual(['2', '3.00', '4.00']); // replicas 0 and 2, then 1 and 3
    const first = Int32Array.from([0, 1, 2]);
    const kept: Overlay = {
      id: 'a',
      slot: 1,
      name: 'RLOO',
      rows: {
        version: 1,
        id: 'a',
        length: 1,
        first,
        last: first,
        seconds: Float32Array.from([0, 1, 2]),
        columns: { reward_mean: { mean: Float32Array.from([0, Number.NaN, 0.4]) } },
      },
    };
    const { heads, rows } = chartTable(run(4), { ...PLAIN, overlays: [kept] });
    expect(heads).toEqual(['Steps', 'Reward', 'Reward, B RLOO', 'Accuracy', 'Entropy, nats', 'Entropy, nats, B RLOO']);
    expect(rows.map((row) => row[2])).toEqual(['0', 'not measured', '0.400', 'ended']);
    expect(rows[0][5]).toBe('not measured');
  });

  test('a kept run whose steps are joined has a number wherever one of its stretches lies', () => {
    const kept: Overlay = {
      id: 'a',
      slot: 0,
      name: 'long',
      rows: {
        version: 1,
        id: 'a',
        length: 4,
        first: Int32Array.from([0, 4]),
        last: Int32Array.from([3, 7]),
        seconds: Float32Array.from([3, 7]),
        columns: { reward_mean: { mean: Float32Array.from([0.1, 0.3]) } },
      },
    };
    const { rows } = chartTable(run(9), { ...PLAIN, overlays: [kept] });
    expect(rows.map((row) => row[2])).toEqual([...Array(4).fill('0.100'), ...Array(4).fill('0.300'), 'ended']);
  });

  test('before the first step it says so', () => {
    expect(chartTable(run(0), PLAIN)).toMatchObject({ caption: 'No step has been measured yet.', rows: [] });
  });
});
