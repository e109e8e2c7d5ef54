/** What leaves the page as a file: read back by readers that know nothing of the writers. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowObject } from '../../src/cli/rows.ts';
import { DEFAULT_SETUP } from '../../src/state/defaultSetup.ts';
import { MetricStore } from '../../src/state/metricStore.ts';
import { registries } from '../../src/state/registries.ts';
import type { Spread } from '../../src/state/runStore.ts';
import { makeRunStore } from '../../src/state/runStore.ts';
import type { Overlay } from '../../src/state/runs.ts';
import { SingleRows } from '../../src/state/singleRows.ts';
import { fileName, samplesDocument, settingsDocument, written } from '../../src/state/take/documents.ts';
import { csvLines, gather, isSingle, jsonLines, numLines, takeRows } from '../../src/state/take/metricRows.ts';
import { PAPER, SLOT_COLOURS, sweepColour } from '../../src/state/take/palette.ts';
import { pictureOf, pictureSvg } from '../../src/state/take/picture.ts';
import { readQuery } from '../../src/state/urlState.ts';
import { type ChartView, PLAIN_CHARTS } from '../../src/state/zoom.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { SampleGroup } from '../../src/trainer/protocol.ts';
import { COMMON_HYPER } from '../../src/trainer/settings.ts';
import { complaints, readCsv, readXml } from './lib/readers.ts';
import { batchOf, info, range } from './lib/rows.ts';

const all = (lines: Iterable<string>) => [...lines].join('');

describe('metrics', () => {
  const ids = ['reward_mean', 'accuracy', 'entropy'];
  const value = (s: number, r: number, m: number) =>
    m === 1 && s % 10 !== 0
      ? Number.NaN
      : m === 2 && s === 3
        ? Number.POSITIVE_INFINITY
        : Math.fround(s / 7 + r + m / 3);

  function filled(replicas: number, steps: number): MetricStore {
    const store = new MetricStore();
    store.setMetrics(ids);
    for (let from = 0; from < steps; from += 37)
      store.append(batchOf(range(from, Math.min(from + 37, steps)), replicas, 3, value));
    return store;
  }
  /** The rows as the command line writes them. */
  const rowsOf = (replicas: number, steps: number) =>
    range(0, steps).flatMap((step) =>
      range(0, replicas).map((replica) => {
        const values = Float32Array.from(range(0, replicas).flatMap((r) => ids.map((_, m) => value(step, r, m))));
        return rowObject(
          { step, values },
          replica,
          ids.map((id) => ({ id, label: '', unit: '', doc: '' })),
          step / 10,
        );
      }),
    );

  test.each([
    [1, 200],
    [4, 150],
  ])('%i replicas: JSON lines are those of the command line, CSV says the same', (replicas, steps) => {
    const taken = takeRows(filled(replicas, steps), ids);
    expect(isSingle(taken)).toBe(true);
    const wanted = rowsOf(replicas, steps);
    const lines = all(jsonLines(taken)).trimEnd().split('\n');
    expect(lines).toHaveLength(numLines(taken));
    expect(lines.map((line) => JSON.parse(line))).toEqual(wanted);
    expect(lines.flatMap((line) => complaints('row', JSON.parse(line)))).toEqual([]);
    const [heading, ...rows] = readCsv(all(csvLines(taken)));
    expect(heading).toEqual(['step', 'replica', 'seconds', ...ids]);
    expect(rows).toHaveLength(wanted.length);
    rows.forEach((row, k) => {
      const object = Object.fromEntries(
        heading.flatMap((name, column) => (row[column] === '' ? [] : [[name, Number(row[column])]])),
      );
      expect(object).toEqual(wanted[k]);
    });
  });

  test('a change of the metrics in mid-run leaves holes, not shifted columns', () => {
    for (const replicas of [1, 2]) {
      const store = new MetricStore();
      store.setMetrics(['a', 'b']);
      store.append(batchOf([0, 1], replicas, 2, (_, r, m) => 10 * m + r));
      store.setMetrics(['b', 'c']);
      store.append(batchOf([2], replicas, 2, (_, r, m) => 20 + 10 * m + r));
      const [heading, ...rows] = readCsv(all(csvLines(takeRows(store, ['b', 'c']))));
      expect(heading.slice(3)).toEqual(['b', 'c', 'a']);
      expect(rows[0].slice(3)).toEqual(['10', '', '0']);
      expect(rows.at(-1)!.slice(3)).toEqual([String(20 + replicas - 1), String(30 + replicas - 1), '']);
    }
  });

  test('single replicas that no longer fit give mean, lowest and highest, and say so', () => {
    const singles = new SingleRows(4096);
    const names = ['a'];
    for (let step = 0; step < 2000 && singles.soFar(); step++)
      singles.append(
        names,
        batchOf([step], 3, 1, () => step),
      );
    expect(singles.soFar()).toBeUndefined();
    const store = filled(3, 20);
    const taken = { ...takeRows(store, ids), pieces: undefined };
    expect(isSingle(taken)).toBe(false);
    expect([...jsonLines(taken)].flatMap((line) => complaints('row', JSON.parse(line)))).toEqual([]);
    const [heading, ...rows] = readCsv(all(csvLines(taken)));
    expect(rows).toHaveLength(60);
    expect(rows.slice(0, 3).map((row) => [row[1], row[heading.indexOf('reward_mean')]])).toEqual([
      ['mean', '1'],
      ['lowest', '0'],
      ['highest', '2'],
    ]);
  });

  test('a snapshot does not see what comes later', () => {
    const store = filled(2, 30);
    const taken = takeRows(store, ids);
    const before = all(csvLines(taken));
    store.append(batchOf(range(30, 90), 2, 3, value));
    expect(all(csvLines(taken))).toBe(before);
    store.clear();
    expect(all(csvLines(taken))).toBe(before);
  });

  test('a long file is written in slices', async () => {
    const taken = takeRows(filled(1, 3000), ids);
    let clock = 0;
    let breaths = 0;
    const parts = await gather(
      csvLines(taken),
      async () => {
        breaths++;
      },
      () => (clock += 6),
    );
    expect(breaths).toBeGreaterThan(10);
    expect(parts.join('')).toBe(all(csvLines(taken)));
  });

  test('fields with commas, quotes and line ends come back as they were', () => {
    const store = new MetricStore();
    const id = 'odd, "quoted"\r\nname';
    store.setMetrics([id]);
    store.append(batchOf([0], 1, 1, () => 1));
    expect(readCsv(all(csvLines(takeRows(store, [id]))))[0]).toEqual(['step', 'replica', 'seconds', id]);
  });
});

describe('picture', () => {
  const runOverlay = (name: string): Overlay => ({
    id: 'x',
    slot: 1,
    name,
    rows: {
      version: 1,
      id: 'x',
      length: 1,
      first: Int32Array.from([0, 1, 2]),
      last: Int32Array.from([0, 1, 2]),
      seconds: Float32Array.from([0, 1, 2]),
      columns: { reward_mean: { mean: Float32Array.from([0, 0.2, 0.4]) } },
    },
  });
  function svgOf(
    name: string,
    by: 'step' | 'seconds' = 'step',
    steps = 30,
    view: Partial<ChartView> = {},
    spread?: Spread,
  ) {
    const store = makeRunStore();
    if (spread) store.setState({ spread });
    store.getState().metrics.watch(['reward_mean', 'entropy']);
    const metrics = [
      { id: 'reward_mean', label: 'Reward', unit: '', doc: '' },
      { id: 'entropy', label: 'Entropy', unit: 'nats', doc: '' },
    ];
    store.getState().setInfo(info({ metrics }), true);
    if (steps > 0)
      store.getState().addRows(batchOf(range(0, steps), 3, 2, (s, r, m) => (m === 0 ? s / 40 + r / 100 : 2 - s / 30)));
    store.getState().addEdit({ step: 5, text: `learning_rate 0.1 → ${name}` });
    const titles = { algorithm: 'GRPO', task: name };
    return pictureSvg(
      pictureOf(store.getState(), {
        charted: ['entropy'],
        overlays: [runOverlay(name)],
        by,
        titles,
        view: { ...PLAIN_CHARTS, ...view },
      }),
    );
  }

  test('is well-formed XML with title, legend, axes and curves, whatever names it holds', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.constantFrom('<b>&"\'', ']]>', '\ud800', '\u0000\u0008'),
        ),
        (name) => {
          const { svg } = svgOf(name);
          const root = readXml(svg);
          expect(root.name).toBe('svg');
          expect(root.count('path')).toBeGreaterThan(5);
        },
      ),
    );
    const { svg, width, height } = svgOf('Sum to target');
    const root = readXml(svg);
    expect(root.attributes).toMatchObject({ width: String(width), height: String(height) });
    const { texts } = root;
    for (const wanted of [
      'GRPO on Sum to target',
      'Entropy, nats',
      'step',
      'optimum: 1.00',
      'B',
      'B Sum to target: 0.400',
    ])
      expect(texts).toContain(wanted);
    expect(texts.some((text) => text.startsWith('this run: '))).toBe(true);
    expect(svg).toContain(`<rect width="${width}" height="${height}" fill="#ffffff"/>`);
    expect(svg).not.toMatch(/NaN|undefined|var\(|href|<script|<foreignObject/);
    for (const [, size] of svg.matchAll(/font-size="(\d+)"/g)) expect(Number(size)).toBeGreaterThanOrEqual(16);
  });

  test('follows the page’s smoothing, window, axis and single replicas', () => {
    const zoom = { first: 10, last: 20, by: 'step' as const, generation: 1 };
    for (const view of [{ smoothing: 5 }, { is_log: true }, { is_single: true, smoothing: 5 }, { zoom }]) {
      const { svg } = svgOf('a', 'step', 30, view);
      expect(readXml(svg).count('clipPath')).toBe(3);
      expect(svg).not.toMatch(/NaN|Infinity/);
      expect(svg).not.toBe(svgOf('a').svg);
    }
    expect(svgOf('a', 'step', 30, { smoothing: 5 }).svg).toContain('data-metric="reward_mean_smooth"');
  });

  test('of a sweep has a line for each replica, coloured and named by its value, and no mean', () => {
    const values = [0.1, 0.2, 0.4];
    const { svg } = svgOf(
      'a',
      'step',
      30,
      {},
      values.map((clip_high) => ({ clip_high })),
    );
    values.forEach((_, cell) => {
      expect(svg).toContain(`stroke="${sweepColour(cell, 3)}"`);
      expect(svg).toContain(`data-metric="reward_mean_single${cell}"`);
    });
    expect(svg).not.toContain('data-metric="reward_mean"');
    expect(readXml(svg).texts).toContain('0.2: 0.735');
    expect(readXml(svg).texts).toContain('Lines: replicas 1 to 3, coloured by clip high.');
  });

  test('over seconds, and before there is a curve', () => {
    expect(readXml(svgOf('a', 'seconds').svg).texts).toContain('seconds');
    expect(svgOf('a', 'step', 0).svg).not.toMatch(/NaN|Infinity/);
  });

  test('has the colours of the light page', () => {
    const css = (path: string) => readFileSync(fileURLToPath(new URL(`../../src/ui/${path}`, import.meta.url)), 'utf8');
    const page = css('page.css');
    for (const name of ['ink', 'muted', 'reward', 'accuracy', 'entropy', 'optimum', 'grid', 'surface'] as const)
      expect(page, name).toContain(`--${name}: light-dark(${PAPER[name]}, `);
    const ends = { low: 0, middle: 1, high: 2 };
    for (const [name, index] of Object.entries(ends))
      expect(page).toContain(`--sweep-${name}: light-dark(${sweepColour(index, 3)}, `);
    SLOT_COLOURS.forEach((colour, slot) => {
      expect(css('runs/overlays.css')).toContain(`--run-${slot}: light-dark(${colour}, `);
    });
    const dashes = /const DASHES = (\[.*?\])/.exec(
      readFileSync(fileURLToPath(new URL('../../src/ui/runs/OverlayLayer.tsx', import.meta.url)), 'utf8'),
    )![1];
    const palette = readFileSync(fileURLToPath(new URL('../../src/state/take/palette.ts', import.meta.url)), 'utf8');
    expect(palette).toContain(`SLOT_DASHES = ${dashes}`);
  });
});

describe('documents', () => {
  test('settings hold the link, every value, and the changes', () => {
    const store = makeRunStore();
    const config = defaultRun({ seed: 7, hyper: { kl_coef: 0.5 } });
    store.getState().setInfo(info({ config }), true);
    store.getState().addRows(batchOf([0, 1], 1, 1, () => 0));
    store.getState().addEdit({ step: 1, text: 'kl_coef 0 → 0.5' });
    const text = written(settingsDocument(registries, { config, engine: 'cpu', speed: 5 }, store.getState()));
    const document = JSON.parse(text);
    expect(complaints('settings', document)).toEqual([]);
    expect(complaints('settings', { ...document, config: { ...config, seed: -1 } })).toEqual([
      '/config/seed must be >= 0',
    ]);
    expect(document).toMatchObject({
      format: 'rollout-lab-settings',
      version: 1,
      first_step: 0,
      last_step: 1,
      changes: [{ step: 1, text: 'kl_coef 0 → 0.5' }],
    });
    expect(document.filled.hyper).toMatchObject({ kl_coef: 0.5, max_grad_norm: 1 });
    expect(Object.keys(document.filled.parts)).toHaveLength(8);
    const back = readQuery(registries, DEFAULT_SETUP, document.link);
    expect(back).toEqual({ setup: { config, engine: 'cpu', speed: 5 }, complaints: [] });
  });

  test('settings of a sweep hold what each replica has, and a link that sweeps it again', () => {
    const documentOf = (spread: Spread | undefined) => {
      const store = makeRunStore();
      const config = defaultRun({ batch: { replicas: spread?.length ?? 1 } });
      store
        .getState()
        .setInfo(
          info({ config, hyper: [{ name: 'learning_rate', group: '', knob: COMMON_HYPER.learning_rate }] }),
          true,
        );
      store.setState({ spread });
      return JSON.parse(
        written(settingsDocument(registries, { config, engine: 'cpu', speed: 0 }, store.getState())),
      ) as { link: string; by_replica: unknown };
    };
    const sweep = (link: string) => new URLSearchParams(link).get('sweep');
    const swept = documentOf([{ learning_rate: 0.01 }, { learning_rate: 0.1 }]);
    expect(complaints('settings', swept)).toEqual([]);
    expect(swept.by_replica).toEqual([{ learning_rate: 0.01 }, { learning_rate: 0.1 }]);
    expect(sweep(swept.link)).toBe('learning_rate:0.01,0.1');

    // three replicas with two values are no sweep that a link can name
    const uneven = [{ learning_rate: 0.01 }, { learning_rate: 0.1 }, { learning_rate: 0.1 }];
    expect(documentOf(uneven).by_replica).toEqual(uneven);
    expect(sweep(documentOf(uneven).link)).toBeNull();
    // and a value that the knob does not take would be refused by whoever opens the link
    expect(sweep(documentOf([{ learning_rate: 0.01 }, { learning_rate: 5 }]).link)).toBeNull();

    const plain = documentOf(undefined);
    expect(complaints('settings', plain)).toEqual([]);
    expect(plain.by_replica).toBeNull();
    expect(sweep(plain.link)).toBeNull();
    expect(complaints('settings', { ...plain, by_replica: [{ learning_rate: 'high' }] })).not.toEqual([]);
  });

  test('samples hold symbols and the numbers of every token; none of them breaks JSON', () => {
    const token = {
      symbol: '3',
      mask: 1,
      logp: -0.5,
      coef: Number.NaN,
      advantage: 1,
      entropy: 2,
      clipped: false,
      ratio: 1,
    };
    const group: SampleGroup = {
      step: 4,
      replica: 0,
      prompt_index: 0,
      prompt_id: 0,
      num_prompts: 1,
      num_task_prompts: 1,
      prompt: 'sum to 3',
      responses: [{ text: '3', verdict: 'right', reward: 1, tokens: [token], is_demonstration: false }],
    };
    const document = JSON.parse(written(samplesDocument(info(), [group])));
    expect(complaints('samples', document)).toEqual([]);
    expect(complaints('samples', { ...document, groups: [{}] })).not.toEqual([]);
    expect(document.groups[0].responses[0].tokens[0]).toEqual({ ...token, coef: null });
  });

  test('files are called after task, algorithm and step', () => {
    expect(fileName(DEFAULT_SETUP.config, 12, 'metrics.csv')).toBe('sum_to_target_grpo_step_12_metrics.csv');
  });
});
