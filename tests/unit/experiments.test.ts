import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { estimateText, findingsText, helpText, listText, main, parseCommand } from '../../src/cli/experiment.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { configAfter, configOf, type Experiment, experiment } from '../../src/experiments/experiment.ts';
import { collectExperiments, experimentOf, experiments } from '../../src/experiments/index.ts';
import * as m from '../../src/experiments/lib/measures.ts';
import { checkArm, type ExperimentRun, type OpenRun, perform } from '../../src/experiments/lib/perform.ts';
import {
  estimate,
  pairedDifference,
  studentT,
  unpairedDifference,
  verdictOf,
} from '../../src/experiments/lib/statistics.ts';
import { readResults, writeResults } from '../../src/experiments/results.ts';
import { fitEntropyLaw } from '../../src/trainer/law.ts';
import { metricColumn } from '../../src/trainer/metrics.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';
import worked from './lib/worked_experiment.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the entropy law', () => {
  // computed in double precision from the equations, by another program
  const exact = {
    entropy: [
      1.1088342329270253, 1.0359206915431651, 0.5930853998987109, 0.5677516036520087, 0.4026325881496216,
      0.39856833522967094, 0.3096418330883718, 0.16219372429334764,
    ],
    score: [
      -0.3123292401587626, -0.2270797094556919, 0.1761747853530059, 0.19428169901876602, 0.3016971072953013,
      0.3041238268325994, 0.3548252528752518, 0.42956477756750433,
    ],
    prefix: 3,
    law: { a: 0.4, b: 0.9, ceiling_at_H0: 0.5, rmse: 0, r2: 1 },
    of_prefix: { a_prefix: 0.4, b_prefix: 0.9, ceiling_prefix: 0.5, rmse_rest: 0 },
  };
  const noisy = {
    entropy: [
      1.1966727317508548, 1.1501060490120925, 1.1116786741079605, 1.0186158701773396, 0.9722857230843737,
      0.9703586460919436, 0.9123543457880315, 0.8745347622753536, 0.8463970530449791, 0.7238393387032274,
      0.42302103745028435, 0.26010260214811726,
    ],
    score: [
      -0.1400528916938868, -0.08877480246483095, -0.07346148656182275, 0.0008455560710847699, 0.04295899601363913,
      0.027661130170110307, 0.08840950207874865, 0.10244783257967302, 0.12591494537213227, 0.189158952729784,
      0.33351235371481647, 0.3736791412346399,
    ],
    prefix: 4,
    law: {
      a: 0.2588376450292469,
      b: 0.7217143991971423,
      ceiling_at_H0: 0.4628767541678954,
      rmse: 0.007665872142752489,
      r2: 0.9974441263441772,
    },
    of_prefix: {
      a_prefix: 0.25348406256104594,
      b_prefix: 0.7026090289736363,
      ceiling_prefix: 0.44912496641259037,
      rmse_rest: 0.01174969272024134,
    },
  };

  test.each([exact, noisy])('agrees with outside numbers', ({ entropy, score, prefix, law, of_prefix }) => {
    const fitted = fitEntropyLaw(entropy, score, prefix) as unknown as Record<string, number>;
    for (const [name, value] of Object.entries({ ...law, ...of_prefix }))
      expect(Math.abs(fitted[name] - value) / (1 + Math.abs(value)), name).toBeLessThan(1e-9);
    expect(Object.keys(fitEntropyLaw(entropy, score)!)).toEqual(Object.keys(law));
  });

  test('needs three distinct entropies, a prefix too', () => {
    expect(fitEntropyLaw([1, 1, 0.5, 0.5], [0, 0, 1, 1])).toBeUndefined();
    const fitted = fitEntropyLaw([1, 0.8, 0.5, 0.2], [0, 0.2, 0.5, 0.9], 2)!;
    expect(fitted.a).toBeGreaterThan(0);
    expect(fitted.ceiling_prefix).toBeUndefined();
    expect(fitEntropyLaw([1, 0.5, 0.2], [1, 1, 1])!.r2).toBeNaN();
  });
});

describe('statistics', () => {
  test('Student’s t has the values of printed tables', () => {
    const printed = { 1: 12.706, 2: 4.303, 7: 2.365, 30: 2.042, 31: 2.0395, 40: 2.0211, 60: 2.0003, 120: 1.9799 };
    for (const [dof, t] of Object.entries(printed)) expect(studentT(Number(dof))).toBeCloseTo(t, 3);
    for (let dof = 1; dof < 100; dof++) expect(studentT(dof + 1)).toBeLessThan(studentT(dof));
    expect(studentT(2.9)).toBe(studentT(2));
    expect(studentT(0)).toBeNaN();
  });

  test('a mean with its interval; what a seed lacks is left out', () => {
    const { mean, half_width, n } = estimate([1, 2, 3, Number.NaN, 6]);
    expect([mean, n]).toEqual([3, 4]);
    expect(half_width).toBeCloseTo((3.182 * Math.sqrt(14 / 3)) / 2, 6);
    expect(estimate([5])).toEqual({ mean: 5, half_width: Number.NaN, n: 1 });
    expect(estimate([]).mean).toBeNaN();
  });

  test('pairs cancel what a seed does to both arms', () => {
    const left = [1.1, 5.2, 9.1, 13.2];
    const right = [1, 5, 9, 13];
    expect(verdictOf(pairedDifference(left, right), 'above')).toBe('holds');
    expect(verdictOf(unpairedDifference(left, right), 'above')).toBe('undecided');
    expect(pairedDifference([1, 2, Number.NaN], [0, 0, 0]).n).toBe(2);
    // equal variances and sizes: Welch has 2(n − 1) degrees of freedom
    const welch = unpairedDifference([1, 2, 3], [4, 5, 6]);
    expect(welch.mean).toBe(-3);
    expect(welch.half_width).toBeCloseTo(2.776 * Math.sqrt(2 / 3), 6);
    expect(unpairedDifference([1, 1], [0, 0])).toEqual({ mean: 1, half_width: 0, n: 2 });
  });

  test.each([
    [0.5, 0.4, 'above', 0, 'holds'],
    [0.5, 0.6, 'above', 0, 'undecided'],
    [-0.5, 0.4, 'above', 0, 'opposite'],
    [-0.5, 0.4, 'below', 0, 'holds'],
    [0.5, 0.4, 'below', 0, 'opposite'],
    [0, 0, 'above', 0, 'undecided'],
    [1, Number.NaN, 'above', 0, 'undecided'],
    [0.02, 0.02, 'near', 0.05, 'holds'],
    [0.04, 0.02, 'near', 0.05, 'undecided'],
    [-0.1, 0.02, 'near', 0.05, 'opposite'],
  ] as const)('%d ± %d is %s by %d: %s', (mean, half_width, relation, within, verdict) => {
    expect(verdictOf({ mean, half_width, n: 4 }, relation, within)).toBe(verdict);
  });
});

describe('measures', () => {
  const series = (curves: Record<string, [number, number][]>, steps = 41): m.Series => ({
    steps,
    points: (metric) => (curves[metric] ?? []).map(([step, value]) => ({ step, value })),
  });
  const s = series({
    accuracy: [
      [0, 0.1],
      [10, 0.5],
      [20, 0.7],
      [40, 0.9],
    ],
    reward: Array.from({ length: 41 }, (_, i): [number, number] => [i, i / 40]),
    entropy: Array.from({ length: 41 }, (_, i): [number, number] => [i, 2 - i / 40]),
    a: [[0, 0.5]],
    b: [[0, 0.5]],
  });

  test.each([
    [m.at('accuracy', 15), 0.5],
    [m.at('accuracy', 40), 0.9],
    [m.at('accuracy', 41), Number.NaN],
    [m.at('nothing', 0), Number.NaN],
    [m.final('accuracy'), 0.9],
    [m.lastMean('accuracy', 2), 0.8],
    [m.between('accuracy', 10, 20), 0.6],
    [m.between('accuracy', 41, 50), Number.NaN],
    [m.maximum('accuracy'), 0.9],
    [m.maximum('nothing'), Number.NaN],
    [m.area('accuracy'), (3 + 6 + 16) / 40],
    [m.firstStep('accuracy', 'above', 0.6), 20],
    [m.firstStep('accuracy', 'above', 0.95), 41],
    [m.firstStep('entropy', 'below', 1.5), 20],
    [m.firstStep('nothing', 'above', 0), Number.NaN],
    [m.when('entropy', 'reward', 'above', 0.5), 1.5],
    [m.when('entropy', 'reward', 'above', 2), Number.NaN],
    [m.change('accuracy'), 0.8],
    [m.difference(m.final('accuracy'), m.at('accuracy', 10)), 0.4],
    [m.largest([m.final('a'), m.final('accuracy')]), 0.9],
    [m.spread([m.final('a'), m.final('b')]), Math.log(2)],
    [m.law('r2', 'entropy', 'nothing'), Number.NaN],
  ])('%#: $0.doc', (measure, wanted) => {
    if (Number.isNaN(wanted)) expect(measure.of(s)).toBeNaN();
    else expect(measure.of(s)).toBeCloseTo(wanted, 10);
  });

  test('the law is fitted where both metrics were measured, its prefix to the first third', () => {
    const lawful = series({
      entropy: [2, 1.7, 1.5, 1, 0.6, 0.3, 0.2, 0.1, 0].map((h, i): [number, number] => [i, h]),
      score: [2, 1.7, 1.5, 1, 0.6, 0.3, 0.2, 0.1].map((h, i): [number, number] => [i, 1 - 0.1 * Math.exp(h)]),
    });
    expect(m.law('a', 'entropy', 'score').of(lawful)).toBeCloseTo(0.1, 10);
    expect(m.law('ceiling_prefix', 'entropy', 'score').of(lawful)).toBeNaN(); // two points
  });

  test('a measure says which metrics it reads', () => {
    expect(m.difference(m.final('rank:accuracy'), m.final('accuracy')).metrics).toEqual(['rank:accuracy', 'accuracy']);
    expect(m.law('a').metrics).toEqual(['entropy', 'reward_mean']);
    expect(m.named('words', m.final('a'))).toMatchObject({ doc: 'words', metrics: ['a'] });
  });
});

/** A run whose reward is 10 · (its bonus) + seed + replica, measured at every step; accuracy at even steps. */
class FakeRun implements ExperimentRun {
  static opened: RunConfig[] = [];
  static said: string[] = [];
  static num_open = 0;
  private step = 0;
  constructor(
    private readonly config: RunConfig,
    private bonus: number,
  ) {}
  static open: OpenRun = async (config) => {
    FakeRun.opened.push(config);
    FakeRun.num_open++;
    return { run: new FakeRun(config, config.hyper.entropy_coef ?? 0), close: () => FakeRun.num_open-- };
  };
  info() {
    return { metrics: ['reward_mean', 'accuracy'].map((id) => ({ id, label: '', unit: '', doc: '' })) };
  }
  async advance(count: number) {
    const { replicas } = this.config.batch;
    return Array.from({ length: count }, () => {
      const step = this.step++;
      const values = Array.from({ length: replicas }, (_, r) => [
        10 * this.bonus + this.config.seed + r,
        step % 2 === 0 ? step : Number.NaN,
      ]);
      return { step, values: Float32Array.from(values.flat()) };
    });
  }
  async setHyper(name: string, value: number) {
    FakeRun.said.push(`${this.step} ${name}=${value}`);
    if (name === 'entropy_coef') this.bonus = value;
  }
  async swap(change: { algorithm?: string; parts?: Record<string, string> }) {
    FakeRun.said.push(`${this.step} ${change.algorithm ?? JSON.stringify(change.parts)}`);
  }
  async probe(hyper: Record<string, number>) {
    const { replicas } = this.config.batch;
    return { accuracy: Float32Array.from({ length: replicas }, (_, r) => hyper.temperature + r + this.step) };
  }
}

describe('performing', () => {
  afterEach(() => {
    expect(FakeRun.num_open).toBe(0);
    FakeRun.opened = [];
    FakeRun.said = [];
  });
  const declared = experiment({
    id: 'fake',
    title: 'Fake',
    question: 'Does it work?',
    papers: [],
    base: { hyper: { learning_rate: 0.1 }, batch: { prompts: 4 } },
    arms: {
      plain: { doc: 'plain' },
      bonus: { doc: 'bonus', hyper: { entropy_coef: 0.5 } },
      later: {
        doc: 'changes',
        schedule: [
          { at: 7, algorithm: 'rloo', hyper: { learning_rate: 0.2 } },
          { at: 3, parts: { weighting: 'token_mean' }, hyper: { entropy_coef: 0.1 } },
        ],
      },
      together: { doc: 'ensemble', replicas_are: 'ensemble', batch: { replicas: 2 } },
    },
    steps: 10,
    seeds: 3,
    probes: { hot: { every: 4, hyper: { temperature: 2 } } },
    measures: {
      reward: m.final('reward_mean'),
      accuracy: m.final('accuracy'),
      hot: m.final('hot:accuracy'),
      never: m.final('covariance'),
    },
    claims: [
      { says: 'More.', source: 'here', left: ['bonus', 'reward'], is: 'above', right: ['plain', 'reward'] },
      { says: 'Less.', source: 'here', left: ['bonus', 'reward'], is: 'below', right: 1 },
      {
        says: 'Same.',
        source: 'here',
        left: ['together', 'reward'],
        is: 'near',
        right: ['plain', 'reward'],
        within: 9,
      },
      { says: 'No number.', source: 'here', left: ['plain', 'never'], is: 'above', right: 0 },
    ],
    curves: ['reward_mean', 'accuracy'],
  });

  test('seeds are replicas, claims are paired by seed, and an ensemble is one seed', async () => {
    const progress: string[] = [];
    const findings = await perform(
      declared,
      { seeds: 3, seed: 5, onProgress: (done, total, arm) => progress.push(`${done}/${total} ${arm}`) },
      FakeRun.open,
    );
    expect(FakeRun.opened.map(({ seed, batch }) => [seed, batch.replicas])).toEqual([
      [5, 3],
      [5, 3],
      [5, 3],
      [5, 2],
      [6, 2],
      [7, 2],
    ]);
    const { plain, bonus, together } = findings.arms;
    expect(plain.values.reward).toEqual([5, 6, 7]);
    expect(bonus.values.reward).toEqual([10, 11, 12]);
    expect(together.values.reward).toEqual([5.5, 6.5, 7.5]);
    expect(plain.values.accuracy).toEqual([8, 8, 8]);
    expect(plain.values.hot).toEqual([10, 11, 12]); // measured at step 8, the last multiple of 4
    expect(plain.estimates.reward.mean).toBe(6);
    expect(findings.claims.map((c) => c.verdict)).toEqual(['holds', 'opposite', 'holds', 'undecided']);
    expect(findings.claims[0].difference).toEqual({ mean: 5, half_width: 0, n: 3 });
    expect(findings.claims[2].difference.half_width).toBeGreaterThan(1); // no seed is shared
    expect(findings.missing).toEqual(['covariance']);
    expect(plain.curves.accuracy.steps).toEqual([0, 2, 4, 6, 8]);
    expect(progress.at(-1)).toBe('60/60 together');
    expect(plain.config.hyper.temperature).toBe(1); // every default is written out
    expect(plain.config.parts.weighting).toBeTypeOf('string');
  });

  test('changes are made at their steps, in the order of steps', async () => {
    await perform(declared, { seeds: 1, seed: 1, arms: ['later'] }, FakeRun.open);
    expect(FakeRun.said).toEqual([
      '3 {"weighting":"token_mean"}',
      '3 entropy_coef=0.1',
      '7 rloo',
      '7 learning_rate=0.2',
    ]);
  });

  test('more seeds than replicas run in rounds, fewer arms leave claims out', async () => {
    const findings = await perform(
      declared,
      { seeds: 18, seed: 1, steps: 400, arms: ['plain', 'bonus'] },
      FakeRun.open,
    );
    expect(FakeRun.opened.map(({ seed, batch }) => [seed, batch.replicas])).toEqual([
      [1, 16],
      [2, 2],
      [1, 16],
      [2, 2],
    ]);
    expect(findings.arms.plain.values.reward).toHaveLength(18);
    expect(findings.claims.map((c) => c.says)).toEqual(['More.', 'Less.', 'No number.']);
    const { steps, mean } = findings.arms.plain.curves.reward_mean;
    expect(steps.length).toBeLessThanOrEqual(150);
    expect(steps.slice(0, 2)).toEqual([1, 4]); // three neighbours share a point
    expect(mean).toHaveLength(steps.length);
  });

  test('what is wrong is refused before anything runs, and named', async () => {
    const wrong: Experiment = { ...declared, arms: { ...declared.arms, bad: { doc: '', hyper: { lerning_rate: 1 } } } };
    await expect(perform(wrong, { seeds: 1, seed: 1 }, FakeRun.open)).rejects.toThrow(
      "experiment fake, arm bad: Unknown hyperparameter 'lerning_rate'. Did you mean 'learning_rate'?",
    );
    await expect(perform(declared, { seeds: 1, seed: 1, arms: ['pain'] }, FakeRun.open)).rejects.toThrow(
      "Unknown arm of fake 'pain'. Did you mean 'plain'?",
    );
    expect(FakeRun.opened).toEqual([]);
    const late = { doc: '', schedule: [{ at: 5, algorithm: 'nope' }] };
    expect(() => checkArm({ ...declared, arms: { late } }, 'late')).toThrow("arm late: Unknown algorithm 'nope'.");
  });

  test('a run that cannot probe is told so, and closed', async () => {
    const open: OpenRun = async (config) => {
      const { run, close } = await FakeRun.open(config);
      return { run: { ...run, info: run.info, probe: undefined } as unknown as ExperimentRun, close };
    };
    await expect(perform(declared, { seeds: 1, seed: 1 }, open)).rejects.toThrow(
      "experiment fake: this run cannot probe; leave 'hot' out.",
    );
  });

  test('tables of base and arm are merged, and a change follows the rules of an exchange', () => {
    const config = configOf(declared, 'bonus', 3);
    expect(config).toMatchObject({ task: 'sum_to_target', policy: 'tabular', algorithm: 'grpo', seed: 3 });
    expect(config.hyper).toEqual({ learning_rate: 0.1, entropy_coef: 0.5 });
    const exchanged = { ...config, parts: { source: 'on_policy' } };
    expect(configAfter(exchanged, { at: 0, parts: { weighting: 'token_mean' } }).parts).toEqual({
      source: 'on_policy',
      weighting: 'token_mean',
    });
    expect(configAfter(exchanged, { at: 0, algorithm: 'rloo' }).parts).toEqual({});
  });

  const made = {
    engine: 'cpu',
    adapter: 'x',
    is_software: false,
    version: '1',
    node: 'v20',
    date: '2026-01-01T00:00:00.000Z',
    command: 'npm run experiment -- fake',
    seconds: 1.5,
  } as const;

  test('a results file is read as it was written, and a broken one is refused in one sentence', async () => {
    const findings = await perform(declared, { seeds: 3, seed: 5 }, FakeRun.open);
    const text = writeResults(findings, made);
    const back = readResults(text);
    expect(back).toEqual({ format: 'rollout-lab experiment 1', ...JSON.parse(JSON.stringify(findings), revive), made });
    expect(text).toContain('[5,6,7]');
    const broken = (path: string, value: unknown) => {
      const file = JSON.parse(text) as Json;
      const names = path.split('.');
      const place = names.slice(0, -1).reduce((at, name) => at[name] as Json, file);
      place[names.at(-1)!] = value;
      return JSON.stringify(file);
    };
    const wrong: [string, unknown, string][] = [
      ['format', 'x', 'format is "x"; wanted one of rollout-lab experiment 1.'],
      ['arms', undefined, 'arms is missing; wanted a table.'],
      ['claims.1.verdict', 'yes', 'claims[1].verdict is "yes"; wanted one of holds, opposite, undecided.'],
      ['claims.0.left.0', 'nobody', 'claims[0] is ["nobody","reward"]; wanted an arm and a measure of the file.'],
      ['arms.plain.values.reward.2', '7', 'arms.plain.values.reward[2] is "7"; wanted a number.'],
      ['arms.plain.curves.accuracy.mean', [1], 'accuracy.mean is 1; wanted as many values as steps, 5.'],
      ['made.seconds', null, 'made.seconds is null; wanted a number.'],
    ];
    for (const [path, value, message] of wrong) expect(() => readResults(broken(path, value))).toThrow(message);
    expect(() => readResults('{')).toThrow(/^results: the file is no JSON/);
    expect(() => readResults('[]')).toThrow('results: the file is []; wanted a table.');
  });

  /** what a number comes back as: with seven digits, and NaN where it does not exist */
  function revive(_key: string, value: unknown) {
    return value === null ? Number.NaN : typeof value === 'number' ? Number(value.toPrecision(7)) : value;
  }
  type Json = { [name: string]: unknown };

  test('the printed text has every arm, measure and claim', async () => {
    const text = findingsText(await perform(declared, { seeds: 3, seed: 5 }, FakeRun.open));
    expect(text).toMatch(/^ +plain +bonus +later +together$/m);
    expect(text).toMatch(/^reward +6\.000 ± 2\.484 +11\.000 ± 2\.484/m);
    expect(text).toMatch(/^never +– +– +– +–$/m);
    expect(text).toMatch(
      /^holds +More\. \(here\)\n +bonus reward above plain reward; difference 5\.000 ± 0\.000, n = 3$/m,
    );
    expect(text).toMatch(/near plain reward within 9; difference/);
    expect(text).toContain('No arm measured covariance.');
    expect(estimateText({ mean: 123.456, half_width: Number.NaN, n: 1 })).toBe('123.5');
  });
});

describe('the worked example', () => {
  const open: OpenRun = async (config) => {
    const executor = new CpuExecutor(shaderLibrary, { slots: slotTwins() });
    return { run: await Run.open(executor, config), close: () => executor.destroy() };
  };

  test('runs from end to end, and its first claim holds', { timeout: 60_000 }, async () => {
    const findings = await perform(worked, { seeds: worked.seeds, seed: 1 }, open);
    expect(findings.claims[0].verdict).toBe('holds');
    expect(findings.missing).toEqual([]);
    const { bonus, bonus_dropped } = findings.arms;
    expect(bonus_dropped.values.entropy_early).toEqual(bonus.values.entropy_early); // the change comes later
    expect(bonus_dropped.estimates.entropy_end.mean).toBeLessThan(bonus.estimates.entropy_end.mean);
    const printed = /^```text output\n([\s\S]*?)^```$/m.exec(read('docs/experiments.md'))![1];
    const shape = (text: string) =>
      text
        .replace(/-?\d+\.\d+/g, '#')
        .replace(/ +/g, ' ')
        .trim();
    expect(shape(printed)).toBe(shape(findingsText(findings)));
  });

  test('is the one in the documentation', () => {
    const shown = /^```ts file=(\S+)\n([\s\S]*?)^```$/m.exec(read('docs/experiments.md'))!;
    expect(shown[1]).toBe(`src/experiments/${worked.id}.ts`);
    const file = read('tests/unit/lib/worked_experiment.ts').replaceAll('../../../src/experiments/', './');
    expect(shown[2]).toBe(file);
  });

  test('the page names only files and commands that exist', () => {
    const page = read('docs/experiments.md');
    for (const [, path] of page.matchAll(/`((?:src|shaders|tests|scripts|docs)(?:\/[\w.-]+)*)`/g))
      expect(existsSync(join(root, path)) || page.includes(`file=${path}`), path).toBe(true);
    for (const [, path] of page.matchAll(/[^!]\[[^\]]+\]\(([^)#]+)\)/g))
      expect(/^https?:/.test(path) || existsSync(join(root, dirname('docs/experiments.md'), path)), path).toBe(true);
    for (const [, line] of page.matchAll(/npm run experiment -- ([^`\n]*)/g))
      if (!line.includes(worked.id)) expect(() => parseCommand(line.trim().split(/\s+/)), line).not.toThrow();
    for (const name of Object.keys(m)) expect(page, `measure ${name}`).toContain(`\`${name}`);
  });
});

describe('the command', () => {
  const words = (text: string) => text.split(' ').filter(Boolean);

  test('reads its line', () => {
    expect(parseCommand(words('entropy_collapse --seeds 4 --engine cpu'))).toEqual({
      action: 'perform',
      id: 'entropy_collapse',
      seeds: 4,
      seed: 1,
      steps: undefined,
      arms: undefined,
      engine: 'cpu',
      out: 'public/results/entropy_collapse.json',
      is_quiet: false,
    });
    expect(parseCommand(words('entropy_collapse --steps 9')).out).toBeUndefined();
    expect(parseCommand(words('entropy_collapse --arms grpo --out x.json'))).toMatchObject({
      arms: ['grpo'],
      out: 'x.json',
    });
    expect(parseCommand(['--list']).action).toBe('list');
  });

  test.each([
    ['entropy_colapse', "Unknown experiment 'entropy_colapse'. Did you mean 'entropy_collapse'?"],
    ['', 'No experiment is named'],
    ['entropy_collapse pass_at_k', "Found 'pass_at_k' beside 'entropy_collapse'"],
    ['entropy_collapse --sedes 3', "Unknown option '--sedes'. Did you mean '--seeds'?"],
    ['entropy_collapse --seeds 0', "--seeds is '0'; wanted a whole number from 1 to 64."],
    ['entropy_collapse --steps 1.5', "--steps is '1.5'"],
    ['entropy_collapse --steps --quiet', '--steps has no value; wanted --steps N.'],
    ['entropy_collapse --quiet=1', "--quiet is '1'; it takes no value."],
    ['entropy_collapse --seed 1 --seed 2', '--seed is given twice'],
    ['entropy_collapse --engine gpu', "Unknown engine 'gpu'."],
    ['entropy_collapse --arms grpo,kl_cof', "Unknown arm of entropy_collapse 'kl_cof'. Did you mean 'kl_cov'?"],
  ])('refuses %j', (line, message) => {
    expect(() => parseCommand(words(line))).toThrow(message);
  });

  test('--help and --list', () => {
    for (const line of helpText().split('\n')) expect(line.length).toBeLessThanOrEqual(120);
    const text = listText();
    for (const [id, { arms }] of Object.entries(experiments)) {
      expect(text).toContain(`${id}: `);
      for (const arm of Object.keys(arms)) expect(text).toMatch(new RegExp(`^ {2}${arm} `, 'm'));
    }
  });

  test('performs, prints and writes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'experiment-'));
    let said = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said += text;
      return true;
    });
    try {
      const out = join(folder, 'results.json');
      const line = `entropy_collapse --arms grpo,entropy_bonus --seeds 2 --steps 12 --engine cpu --quiet --out ${out}`;
      expect(await main(words(line))).toBe(0);
      const results = readResults(readFileSync(out, 'utf8'));
      expect(Object.keys(results.arms)).toEqual(['grpo', 'entropy_bonus']);
      expect(results.made).toMatchObject({ engine: 'cpu', command: `npm run experiment -- ${line}` });
      expect(results.arms.grpo.curves.entropy.steps).toHaveLength(12);
      expect(said).toContain(`${out} written`);
    } finally {
      vi.restoreAllMocks();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('declarations', () => {
  const all = Object.values(experiments);
  const arms = all.flatMap((e) => Object.keys(e.arms).map((arm): [string, string] => [e.id, arm]));

  test('are found by their names', () => {
    expect(() => collectExperiments({ './a.ts': {} })).toThrow('./a.ts has no default export');
    expect(() => collectExperiments({ './a.ts': { default: worked } })).toThrow("name it 'a' like its file");
    expect(experimentOf('pass_at_k').id).toBe('pass_at_k');
  });

  test.each(all.map((e): [string, Experiment] => [e.id, e]))('%s is short and consistent', (id, e) => {
    expect(read(`src/experiments/${id}.ts`).trim().split('\n').length).toBeLessThanOrEqual(110);
    expect(e.question).toMatch(/^[A-Z][^?]*\?$/);
    expect(e.claims.length).toBeGreaterThan(0);
    for (const { says, left, right, is, within } of e.claims) {
      expect(says).toMatch(/^[A-Z].*\.$/);
      for (const [arm, measure] of typeof right === 'number' ? [left] : [left, right]) {
        expect(Object.keys(e.arms)).toContain(arm);
        expect(Object.keys(e.measures)).toContain(measure);
      }
      expect(within !== undefined, says).toBe(is === 'near');
    }
    for (const arm of Object.values(e.arms)) for (const { at } of arm.schedule ?? []) expect(at).toBeLessThan(e.steps);
    for (const { doc } of Object.values(e.measures))
      for (const [, step] of doc.matchAll(/step (\d+)/g)) expect(Number(step)).toBeLessThan(e.steps);
  });

  test.each(all.map((e): [string, Experiment] => [e.id, e]))('%s reads metrics that exist', (_id, e) => {
    const probes = Object.keys(e.probes ?? {});
    for (const metric of [...Object.values(e.measures).flatMap((measure) => measure.metrics), ...e.curves]) {
      const [id, probe] = metric.split(':').reverse();
      if (probe !== undefined) expect(probes).toContain(probe);
      expect(() => metricColumn(id)).not.toThrow();
    }
  });

  test.each(arms)('%s: arm %s can be trained', (id, arm) => {
    expect(() => checkArm(experimentOf(id), arm)).not.toThrow();
  });
});
