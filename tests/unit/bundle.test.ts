/** Run bundles: taken from a page, opened by another, computed again by the command line, and garbage refused. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseCommand } from '../../src/cli/arguments.ts';
import { main } from '../../src/cli/train.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/engine/safetensors.ts';
import type { Lab } from '../../src/state/lab.ts';
import { MetricStore } from '../../src/state/metricStore.ts';
import { makeRunStore } from '../../src/state/runStore.ts';
import { cellCurves } from '../../src/state/sweepRows.ts';
import { sweepOf } from '../../src/state/sweepStore.ts';
import { bundleRows, fillRun, openRunFile, takeRun } from '../../src/state/take/bundle.ts';
import { csvLines, isSingle, takeRows } from '../../src/state/take/metricRows.ts';
import { type CheckpointRows, decodeCheckpoint, encodeCheckpoint } from '../../src/trainer/checkpointFile.ts';
import { compareRows } from '../../src/trainer/rowLog.ts';
import { complaints, parsedMetadata } from './lib/readers.ts';
import { realLab, takeSteps } from './lib/realLab.ts';
import { batchOf, info, range } from './lib/rows.ts';

const QUERY =
  'algorithm=grpo&seed=5&batch.prompts=4&batch.group_size=4&batch.minibatches=2&batch.replicas=2&batch.eval_every=4';

/** A run with edits of every sort: a value, one of a single replica, one that adds metrics, a part, an algorithm. */
async function editedLab(): Promise<Lab> {
  const lab = await realLab(QUERY);
  await lab.session.setHyper('clip_high', 0.3);
  await takeSteps(lab, 5);
  await lab.session.setHyper('learning_rate', 0.03);
  await takeSteps(lab, 3);
  await lab.session.setHyper('kl_coef', 0.05);
  await takeSteps(lab, 4);
  expect(await lab.session.swapPart('advantage', 'group_centred')).toBe('');
  await takeSteps(lab, 3);
  await lab.session.swapAlgorithm('dr_grpo');
  await takeSteps(lab, 4);
  return lab;
}

const fileOf = (data: ArrayBuffer, name = 'run.safetensors') => new File([data], name);
const csvOf = ({ run }: Lab) => {
  const { info: now, metrics } = run.getState();
  return [
    ...csvLines(
      takeRows(
        metrics,
        now!.metrics.map(({ id }) => id),
      ),
    ),
  ].map((line) => line.split(',').with(2, ''));
};

let lab: Lab;
let bundle: ArrayBuffer;
let folder = '';
beforeAll(async () => {
  lab = await editedLab();
  bundle = (await takeRun(lab, true)).data;
  folder = mkdtempSync(join(tmpdir(), 'bundle-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

describe('a bundle on the page', () => {
  test('of a sweep is that sweep again, whether its panel was looked at before or not', async () => {
    const pageOf = () =>
      ({
        location: { search: '', pathname: '/', hash: '' },
        history: {
          state: null,
          replaceState(_state: unknown, _title: string, url: string) {
            page.location.search = url.slice(1);
          },
        },
      }) as unknown as Window;
    let page = pageOf();
    const [first, looked, other] = [await realLab(QUERY), await realLab('seed=1'), await realLab('seed=2')];
    const plan = { axes: [{ name: 'learning_rate', values: [0.02, 0.2] }], repeats: 2 };
    const sweep = sweepOf(first, page);
    await sweep.getState().begin(plan);
    await takeSteps(first, 6);
    const { data } = await takeRun(first, true);
    const means = cellCurves(sweep.getState().rows, plan, 'reward_mean').map(({ mean }) => mean);
    expect(means[0]).not.toEqual(means[1]);
    for (const [playground, is_made_before] of [
      [looked, true],
      [other, false],
    ] as const) {
      page = pageOf();
      if (is_made_before) sweepOf(playground, page);
      await openRunFile(playground, fileOf(data));
      const opened = sweepOf(playground, page).getState();
      expect(opened).toMatchObject({ plan, is_going: true, problem: '' });
      expect(cellCurves(opened.rows, plan, 'reward_mean').map(({ mean }) => mean)).toEqual(means);
      expect(page.location.search).toContain('sweep=learning_rate');
      const { num_rows } = opened.rows;
      await takeSteps(playground, 1);
      expect(sweepOf(playground, page).getState().rows.num_rows).toBe(num_rows + 1);
    }
  });

  test('holds the settings of step 0, the edits, the engine and every row', async () => {
    const { first_config, config, edits, step, rows, engine, values } = decodeCheckpoint(bundle);
    expect(first_config).toMatchObject({ algorithm: 'grpo', seed: 5, hyper: {}, batch: { replicas: 2 } });
    expect(config.algorithm).toBe('dr_grpo');
    expect(step).toBe(19);
    expect(edits.map((edit) => [edit.step, edit.change])).toEqual([
      [0, { name: 'clip_high', value: 0.3 }],
      [5, { name: 'learning_rate', value: 0.03 }],
      [8, { name: 'kl_coef', value: 0.05 }],
      [12, { parts: { advantage: 'group_centred' } }],
      [15, { algorithm: 'dr_grpo' }],
    ]);
    expect(engine.kind).toBe('cpu');
    expect(values).toHaveLength(2);
    expect([...rows!.steps]).toEqual(range(0, 19));
    expect(rows!.kind).toBe('replicas');
    const schemaSays = (file: ArrayBuffer) =>
      complaints('checkpoint', parsedMetadata(decodeSafetensors(file).metadata));
    expect(schemaSays(bundle)).toEqual([]);
    expect(schemaSays((await takeRun(lab, false)).data)).toEqual([]);
    expect(schemaSays(encodeCheckpoint({ ...decodeCheckpoint(bundle), step: -1 }))).toEqual(['/step must be >= 0']);
    const { name } = await takeRun(lab, true);
    expect(name).toBe('sum_to_target_dr_grpo_step_19_run.safetensors');
    expect((await takeRun(lab, false)).name).toBe('sum_to_target_dr_grpo_step_19_checkpoint.safetensors');
  });

  test('opened elsewhere it gives the same rows, marks and settings, and goes on with the same bits', async () => {
    const other = await realLab('task=bandit');
    await takeSteps(other, 2);
    await openRunFile(other, fileOf(bundle));
    expect(other.run.getState()).toMatchObject({ problem: '', opening: undefined, is_wanted: false });
    expect(csvOf(other)).toEqual(csvOf(lab));
    expect(other.setup.getState().config).toEqual(lab.setup.getState().config);
    expect(other.run.getState().marks.map(({ step, text }) => ({ step, text }))).toEqual(
      lab.run.getState().marks.map(({ step, text }) => ({ step, text })),
    );
    await vi.waitFor(() => expect(other.runs.getState().live?.config?.algorithm).toBe('grpo'));
    const own = await realLab(QUERY);
    await openRunFile(own, fileOf(bundle));
    await takeSteps(own, 3);
    await takeSteps(other, 3);
    expect(csvOf(own)).toEqual(csvOf(other));
    const again = decodeCheckpoint((await takeRun(other, true)).data);
    expect(again.edits).toEqual(decodeCheckpoint(bundle).edits);
    expect(again.rows!.steps).toHaveLength(22);
  });

  test('replicas that differ still differ', async () => {
    const swept = await realLab('batch.prompts=4&batch.group_size=4&batch.minibatches=2');
    const spread = [{ learning_rate: 0.01 }, { learning_rate: 0.1 }];
    await swept.session.openSpread({ batch: { ...swept.setup.getState().config.batch, replicas: 2 } }, spread);
    await takeSteps(swept, 3);
    const other = await realLab('');
    await openRunFile(other, fileOf((await takeRun(swept, true)).data));
    expect(other.run.getState().spread).toEqual(spread);
    expect(other.run.getState().marks).toEqual([]);
  });

  test('a file that is refused leaves the present run, which goes on', async () => {
    const own = await realLab('batch.prompts=4&batch.group_size=4&batch.minibatches=2');
    await takeSteps(own, 4);
    const before = csvOf(own);
    const good = decodeCheckpoint(bundle);
    const refused: [ArrayBuffer, RegExp][] = [
      [new TextEncoder().encode('nothing of the sort').buffer, /wanted a safetensors file/],
      [bundle.slice(0, bundle.byteLength - 4), /outside the file/],
      [encodeCheckpoint({ ...good, config: { ...good.config, task: 'sumtotarget' } }), /Did you mean 'sum_to_target'/],
      [encodeCheckpoint({ ...good, tensors: { ...good.tensors, params: new Float32Array(5) } }), /found 5 weights/],
      [
        encodeCheckpoint({ ...good, tensors: { ...good.tensors, moment1: new Float32Array(5) } }),
        /found 5 values for 'moment1'/,
      ],
    ];
    for (const [file, sentence] of refused) {
      await openRunFile(own, fileOf(file));
      expect(own.run.getState().problem).toMatch(sentence);
      expect(csvOf(own)).toEqual(before);
    }
    await takeSteps(own, 1);
    expect(csvOf(own).slice(0, before.length)).toEqual(before);
  });

  test('opening can be cancelled at any time, and then nothing has changed', async () => {
    const own = await realLab('');
    await takeSteps(own, 2);
    const before = csvOf(own);
    for (const wait of [0, 1, 5]) {
      const opened = openRunFile(own, fileOf(bundle, 'a.safetensors'));
      expect(own.run.getState().opening?.name).toBe('a.safetensors');
      for (let k = 0; k < wait; k++) await Promise.resolve();
      own.run.getState().opening?.cancel();
      await opened;
      expect(own.run.getState()).toMatchObject({ opening: undefined, problem: '' });
      expect(csvOf(own)).toEqual(before);
    }
  });

  test('of a run too long for single replicas mean, lowest and highest come back', () => {
    const store = new MetricStore();
    store.setMetrics(['reward_mean', 'entropy']);
    store.append(batchOf(range(0, 50), 3, 2, (s, r, m) => (m === 1 && s % 2 ? Number.NaN : s + r / 10 + m)));
    const taken = { ...takeRows(store, ['reward_mean', 'entropy']), pieces: undefined };
    const rows = bundleRows(taken, 40);
    expect([rows.kind, rows.steps.length]).toEqual(['mean_lowest_highest', 40]);
    const good = decodeCheckpoint(bundle);
    const file = encodeCheckpoint({ ...good, step: 40, values: [0, 1, 2].map(() => good.values[0]), rows });
    const run = makeRunStore();
    fillRun(run, info({ step: 40 }), decodeCheckpoint(file));
    const { metrics } = run.getState();
    const back = takeRows(metrics, ['reward_mean', 'entropy']);
    expect(isSingle(back)).toBe(false);
    expect([...csvLines(back)]).toEqual([...csvLines(taken)].slice(0, 1 + 40 * 3));
    run.getState().addRows(batchOf([40, 41], 3, metrics.num_metrics, () => 7));
    expect(metrics.latest('reward_mean')).toMatchObject({ step: 41, mean: 7 });
    expect(metrics.num_rows).toBe(42);
  });
});

describe('npm run train -- --bundle', () => {
  const said = async (...argv: string[]) => {
    let text = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
      text += part;
      return true;
    });
    const code = await main([...argv, '--quiet']);
    write.mockRestore();
    return { code, text };
  };
  const placed = (name: string, data: ArrayBuffer) => {
    const path = join(folder, name);
    writeFileSync(path, new Uint8Array(data));
    return path;
  };

  test('computes the run of a page again, edits at their steps, bit for bit', async () => {
    const { code, text } = await said('--bundle', placed('page.safetensors', bundle));
    const { rows } = decodeCheckpoint(bundle);
    expect(text).toContain(
      `All ${19 * 2 * rows!.columns.size} numbers of the bundle were computed again, bit for bit.`,
    );
    expect(code).toBe(0);
  });

  test('a number that was changed, or left out, is found', async () => {
    const good = decodeCheckpoint(bundle);
    const change = (value: number) => {
      const columns = new Map(good.rows!.columns);
      const entropy = columns.get('entropy')!.slice();
      entropy[2 * 7 + 1] = value;
      return encodeCheckpoint({ ...good, rows: { ...good.rows!, columns: columns.set('entropy', entropy) } });
    };
    const { code, text } = await said('--bundle', placed('changed.safetensors', change(0.5)));
    expect(text).toMatch(
      /^1 of \d+ numbers of the bundle, computed on the same engine, differ; most of all entropy at step 7: 0\.5/m,
    );
    expect(code).toBe(1);
    const without = await said('--bundle', placed('without.safetensors', change(Number.NaN)));
    expect(without.text).toContain('NaN in the file');
    expect(without.code).toBe(1);
    const elsewhere = { ...good, engine: { kind: 'cpu' as const, adapter: 'another', is_software: false } };
    const far = encodeCheckpoint({ ...elsewhere, rows: decodeCheckpoint(change(0.5)).rows });
    expect((await said('--bundle', placed('far.safetensors', far))).code).toBe(0);
  });

  test('--bundle-out writes what --bundle and the page read', async () => {
    const path = join(folder, 'cli.safetensors');
    const options = '--engine cpu --steps 7 --replicas 2 --batch prompts=4 --batch group_size=4 --batch minibatches=2';
    expect((await said(...options.split(' '), '--bundle-out', path)).code).toBe(0);
    expect((await said('--bundle', path)).text).toContain('bit for bit');
    const other = await realLab('');
    await openRunFile(other, fileOf(Uint8Array.from(readFileSync(path)).buffer));
    expect(other.run.getState().metrics.num_rows).toBe(7);
    expect(other.run.getState().problem).toBe('');
  });

  test('refuses what it cannot do', async () => {
    const checkpoint = placed('checkpoint.safetensors', (await takeRun(lab, false)).data);
    await expect(main(['--bundle', checkpoint])).rejects.toThrow('holds no metrics to compare');
    await expect(main(['--bundle', join(folder, 'none')])).rejects.toThrow(/--bundle .* cannot be read/);
    expect(() => parseCommand(['--bundle', 'a', '--steps', '3'])).toThrow('--steps cannot stand beside --bundle');
  });

  test('a summary of replicas is compared as the page makes it', () => {
    const store = new MetricStore();
    store.setMetrics(['a']);
    store.append(batchOf(range(0, 9), 3, 1, (s, r) => Math.sin(s * 3 + r)));
    const taken = takeRows(store, ['a']);
    const single = bundleRows(taken, 9);
    const means = bundleRows({ ...taken, pieces: undefined }, 9);
    expect(compareRows(means, single, 3)).toEqual({ num_compared: 27, num_different: 0 });
    means.columns.get('a')![4] += 1;
    expect(compareRows(means, single, 3)).toMatchObject({ num_different: 1, worst: { metric: 'a', step: 1 } });
  });

  test('a difference is measured against the largest size of its metric in the run', () => {
    const rows = (loss: number[]): CheckpointRows => ({
      steps: Uint32Array.of(0, 1),
      seconds: Float64Array.of(0, 1),
      kind: 'replicas',
      columns: new Map([['loss', Float32Array.from(loss)]]),
    });
    const { worst } = compareRows(rows([2.79e-9, 0.5]), rows([-2.79e-9, 0.5]), 1);
    expect(worst).toMatchObject({ metric: 'loss', step: 0 });
    expect(worst?.relative).toBeCloseTo(1.116e-8, 12);
    expect(compareRows(rows([0, Number.NaN]), rows([0, 1]), 1).worst?.relative).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('garbage', () => {
  /** Decodes a file; true where it was refused in one sentence. Anything else that is thrown fails the test. */
  const isRefused = (file: ArrayBuffer): boolean => {
    try {
      decodeCheckpoint(file);
      return false;
    } catch (error) {
      const { message } = error as Error;
      expect(message).toMatch(/^The file is no run saved here: .*wanted .*saved\.$/s);
      expect(message.length).toBeLessThan(400);
      return true;
    }
  };
  const withMeta = (change: Record<string, string>) => {
    const { tensors, metadata } = decodeSafetensors(bundle);
    return encodeSafetensors({ tensors, metadata: { ...metadata, ...change } });
  };

  test('truncated anywhere, it is refused', () => {
    fc.assert(
      fc.property(fc.nat(bundle.byteLength - 1), (length) => {
        expect(isRefused(bundle.slice(0, length))).toBe(true);
      }),
    );
  });

  test('any bytes and any changed bytes give a bundle or one sentence', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => void isRefused(bytes.slice().buffer)));
    const header = 8 + Number(new DataView(bundle).getBigUint64(0, true));
    const place = fc.oneof(fc.nat(header), fc.nat(bundle.byteLength - 1));
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 20 }), (changes) => {
        const bytes = new Uint8Array(bundle.slice(0));
        for (const [at, value] of changes) bytes[at] = value;
        isRefused(bytes.buffer);
      }),
      { numRuns: 300 },
    );
  });

  test('any JSON in place of any piece of metadata gives a bundle or one sentence', async () => {
    const { metadata } = decodeSafetensors(bundle);
    const piece = fc.constantFrom(...Object.keys(metadata));
    fc.assert(
      fc.property(piece, fc.oneof(fc.json(), fc.string()), (key, text) => void isRefused(withMeta({ [key]: text }))),
      { numRuns: 300 },
    );
  });

  test.each([
    ['step', '1e999', /'step' is missing|'step' is null/],
    ['step', '-1', /'step' is -1; wanted a whole number from 0/],
    ['step', '3', /rows\.step|edits\[1\]\.step/],
    ['config', '[]', /'config' is a list; wanted an object/],
    ['config', '{"__proto__":{"task":"x"}}', /'config\.task' is missing/],
    ['first_config', 'null', /'first_config' is null/],
    [
      'edits',
      '[{"step":1,"text":"x","change":{"name":"clip_low","value":"0.1"}}]',
      /value' is "0\.1"; wanted a finite/,
    ],
    ['edits', '[{"step":9,"text":"x","change":{}},{"step":8,"text":"x","change":{}}]', /'edits\[1\]\.step' is 8/],
    ['values', '{"0":{}}', /'values' is an object; wanted a list/],
    ['rows', '{"kind":"all","metrics":[]}', /'rows\.kind' is "all"/],
    ['rows', '{"kind":"replicas","metrics":["__proto__"]}', /wanted the id of a metric/],
    ['rows', '{"kind":"replicas","metrics":["constructor"]}', /'rows\.constructor' is missing/],
    ['engine', '{"kind":"quantum"}', /'engine\.kind' is "quantum"; wanted webgpu or cpu/],
    ['format', 'rollout-lab-checkpoint-1', /found the format "rollout-lab-checkpoint-1"/],
  ])('%s: %s', (key, text, sentence) => {
    expect(() => decodeCheckpoint(withMeta({ [key]: text }))).toThrow(sentence);
    expect(isRefused(withMeta({ [key]: text }))).toBe(true);
  });

  test('hostile names of tensors and settings do no harm', async () => {
    const own = await realLab('');
    await takeSteps(own, 2);
    const before = csvOf(own);
    const { tensors, metadata } = decodeSafetensors(bundle);
    const config = JSON.parse(metadata.config);
    const hyper = JSON.parse('{"__proto__": 1}');
    const files = [
      encodeSafetensors({ tensors, metadata: { ...metadata, config: JSON.stringify({ ...config, hyper }) } }),
      withMeta({ config: JSON.stringify({ ...config, hyper: { constructor: 1 } }) }),
      withMeta({ config: JSON.stringify({ ...config, parts: { toString: 'x' } }) }),
      withMeta({ config: JSON.stringify({ ...config, algorithm: '__proto__' }) }),
      withMeta({ config: JSON.stringify({ ...config, batch: { ...config.batch, replicas: 1e9 } }) }),
      withMeta({ config: JSON.stringify({ ...config, seed: 2 ** 40 }) }),
    ];
    for (const file of files) {
      await openRunFile(own, fileOf(file));
      expect(own.run.getState().problem).not.toBe('');
      expect(csvOf(own)).toEqual(before);
    }
    expect(({} as Record<string, unknown>).task).toBeUndefined();
  });
});
