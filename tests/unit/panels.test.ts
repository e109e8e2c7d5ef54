/** What the page says about algorithms, the entropy law, experiments and papers. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import katex from 'katex';
import { describe, expect, test, vi } from 'vitest';
import { partsIn, ROLES } from '../../src/algorithms/algorithm.ts';
import { cards } from '../../src/corpus/index.ts';
import { experiments } from '../../src/experiments/index.ts';
import { type Findings, writeResults } from '../../src/experiments/results.ts';
import {
  batchHome,
  COEFFICIENT,
  commonLegend,
  differences,
  isRecombined,
  partLegend,
  UPDATE,
} from '../../src/state/about.ts';
import { makeLab } from '../../src/state/lab.ts';
import { correlationOf, dropView, lawCaveat, lawSentence, lawView } from '../../src/state/lawView.ts';
import { addressOf, canOpen, openConfig } from '../../src/state/links.ts';
import { MetricStore } from '../../src/state/metricStore.ts';
import { followHash, hashOf, placeOf } from '../../src/state/panelHash.ts';
import { claimsOf, countVerdicts, findPapers } from '../../src/state/papers.ts';
import { registries } from '../../src/state/registries.ts';
import {
  armConfig,
  changeSentence,
  claimNumbers,
  claimTerms,
  curveMetrics,
  curveRows,
  fetchResults,
  formatEstimate,
  madeSentence,
  verdictSentence,
} from '../../src/state/results.ts';
import { armTitle, kindsOf, measureSentence, measureTitle, metricTitle } from '../../src/state/resultWords.ts';
import { DEFAULT_SETUP } from '../../src/state/setupStore.ts';
import { sourcesOf } from '../../src/state/sources.ts';
import { readQuery } from '../../src/state/urlState.ts';
import { makeViewStore } from '../../src/state/viewStore.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import { batchOf, range } from './lib/rows.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const algorithms = Object.values(registries.algorithms);
const parts = ROLES.flatMap((role) => registries.partsOf(role));

describe('place in the address', () => {
  test('a place is written and read', () => {
    for (const place of [{ panel: 'papers' as const }, { panel: 'experiments' as const, item: 'entropy_collapse' }])
      expect(placeOf(hashOf(place))).toEqual(place);
    expect(placeOf('')).toBeUndefined();
    expect(placeOf('#constructor')).toBeUndefined();
  });

  test('a changed address opens its section', () => {
    const view = makeViewStore();
    const page = Object.assign(new EventTarget(), { location: { hash: '#law' } });
    const stop = followHash(view, page as unknown as Window);
    expect(view.getState().open.law).toBe(true);
    page.location.hash = '#experiments/pass_at_k';
    page.dispatchEvent(new Event('hashchange'));
    expect(view.getState()).toMatchObject({ experiment: 'pass_at_k', shown: { panel: 'experiments', count: 2 } });
    stop();
    page.location.hash = '#papers';
    page.dispatchEvent(new Event('hashchange'));
    expect(view.getState().open.papers).toBe(false);
  });
});

describe('card of an algorithm', () => {
  test('GRPO differs from itself in nothing, Dr. GRPO in two parts', () => {
    expect(differences(registries, defaultRun())).toEqual([]);
    const found = differences(registries, defaultRun({ algorithm: 'dr_grpo' }));
    expect(found.map((d) => [d.role, d.reference.id, d.declared.id])).toEqual([
      ['advantage', 'group_standardised', 'group_centred'],
      ['weighting', 'seq_mean_token_mean', 'constant'],
    ]);
    expect(isRecombined(found)).toBe(false);
  });

  test('a part that is back at GRPO’s is still a difference of the algorithm', () => {
    const config = defaultRun({ algorithm: 'dr_grpo', parts: { advantage: 'group_standardised' } });
    const found = differences(registries, config);
    expect(found.map((d) => d.running.id)).toEqual(['group_standardised', 'constant']);
    expect(isRecombined(found)).toBe(true);
  });

  test('the knobs of an equation come first, with the algorithm’s own default', () => {
    const config = defaultRun({ algorithm: 'concise_rl' });
    const legend = partLegend(registries, config, registries.algorithms.concise_rl.advantage);
    const lambda = legend.find(({ name }) => name === 'gae_lambda');
    expect(lambda).toMatchObject({ symbol: String.raw`\lambda`, knob: { value: 0.95 } });
    const named = legend.map(({ symbol }) => symbol !== '');
    expect(named).toEqual([...named].sort((a, b) => Number(b) - Number(a)));
    const common = commonLegend(registries, config).filter(({ symbol }) => symbol !== '');
    expect(common.map(({ name }) => name)).toEqual(['learning_rate', 'entropy_coef', 'temperature']);
  });

  test('every legend says where its knob is, for every algorithm', () => {
    for (const algorithm of algorithms) {
      const config = defaultRun({ algorithm: algorithm.id });
      for (const role of ROLES) {
        const names = partLegend(registries, config, algorithm[role]).map(({ name }) => name);
        expect(names.sort()).toEqual(Object.keys(algorithm[role].hyper).sort());
      }
      for (const { usual, doc } of batchHome(algorithm)) {
        expect(usual).not.toBeNaN();
        expect(doc).not.toBe('');
      }
    }
  });

  test('every equation and every symbol is LaTeX that can be typeset, with MathML', () => {
    const symbols = parts.flatMap((part) => Object.values(part.hyper).flatMap((knob) => knob.symbol ?? []));
    const texts = [COEFFICIENT, UPDATE, ...parts.map((part) => part.equation), ...symbols];
    for (const tex of texts)
      expect(() => katex.renderToString(tex, { throwOnError: true, strict: 'ignore' }), tex).not.toThrow();
    expect(katex.renderToString(UPDATE)).toContain('<math');
  });

  test('the code shown is the code in the repository', () => {
    for (const algorithm of algorithms) {
      const sources = sourcesOf(partsIn(algorithm));
      expect(new Set(sources.map(({ key }) => key)).size).toBe(sources.length);
      for (const { key, wgsl, twin } of sources) {
        for (const { file, text, line } of [wgsl, twin]) {
          expect(text, file).toBe(readFileSync(join(root, file), 'utf8'));
          expect(line).toBeLessThanOrEqual(text.split('\n').length);
        }
        const [kind, name] = key.split('/');
        const begin = twin.text.split('\n')[twin.line - 1];
        if (kind === 'kernel') expect(wgsl.text).toContain(`fn ${name}(`);
        else {
          expect(wgsl.text).toContain(`fn ${kind}(`);
          expect(begin, `${algorithm.id} ${key} in ${twin.file}`).toMatch(new RegExp(`${kind}:|export const|id: `));
        }
      }
      for (const role of ROLES)
        for (const slot of Object.keys(algorithm[role].slots ?? {}))
          expect(sources.some(({ key }) => key.startsWith(`${slot}/`))).toBe(true);
    }
  });
});

describe('entropy law', () => {
  const IDS = ['reward_mean', 'accuracy', 'entropy', 'covariance'];
  const storeOf = (rows: number, value: (s: number, m: number) => number) => {
    const metrics = new MetricStore();
    metrics.setMetrics(IDS);
    metrics.append(batchOf(range(0, rows), 1, IDS.length, (s, _r, m) => value(s, m)));
    return metrics;
  };
  const entropyAt = (s: number) => 2 / (1 + s / 40);
  const exact = (s: number, m: number) =>
    [
      1 - 0.2 * Math.exp(entropyAt(s)),
      s % 10 === 0 ? 1.1 - 0.15 * Math.exp(entropyAt(s)) : Number.NaN,
      entropyAt(s),
      0,
    ][m];

  test('the law that made the points is found, of either score', () => {
    const metrics = storeOf(200, exact);
    const reward = lawView(metrics, 'reward_mean');
    expect(reward.points).toHaveLength(200);
    expect(reward.law?.a).toBeCloseTo(0.2, 4);
    expect(reward.law?.b).toBeCloseTo(1, 4);
    const accuracy = lawView(metrics, 'accuracy');
    expect(accuracy).toMatchObject({ num_measured: 20, num_first: 6, why_not: '' });
    expect(accuracy.law?.ceiling_at_H0).toBeCloseTo(0.95, 4);
    expect(accuracy.law?.ceiling_prefix).toBeCloseTo(0.95, 3);
    expect(lawSentence(accuracy, 'Accuracy')).toContain('it predicts 0.950 at entropy 0');
  });

  test('a long run is thinned to at most 400 points that do not move', () => {
    const before = lawView(storeOf(5000, exact), 'reward_mean');
    const after = lawView(storeOf(5600, exact), 'reward_mean');
    expect(before.num_measured).toBe(5000);
    expect(before.points.length).toBeLessThanOrEqual(400);
    expect(after.points.slice(0, before.points.length)).toEqual(before.points);
  });

  test.each([
    [0, 'none has'],
    [1, 'only one has'],
    [11, 'only two have'],
  ])('no fit after %i rows, and a sentence that says why', (rows, says) => {
    const view = lawView(storeOf(rows, exact), 'accuracy');
    expect(view.law).toBeUndefined();
    expect(view.why_not).toContain(says);
    expect(lawSentence(view, 'Accuracy')).toBe(view.why_not);
  });

  test('what keeps the law from holding in a run is said', () => {
    const none = { entropy_coef: 0, eval_every: 10, num_changes: 0 };
    expect(lawCaveat('accuracy', none)).toMatch(/Accuracy is measured every 10 steps/);
    const all = lawCaveat('reward_mean', { entropy_coef: 0.1, eval_every: 1, num_changes: 1 });
    expect(all).toContain('an entropy bonus of 0.100. 1 change was made');
    expect(all).not.toContain('measured');
  });

  test('entropy that falls as the covariance says gives a correlation of 1', () => {
    const covariance = (s: number) => 0.2 + 0.1 * Math.sin(s / 9);
    const entropies = [3];
    for (const s of range(0, 300)) entropies.push(entropies[s] - 0.02 * covariance(s));
    for (const rows of [40, 300]) {
      const view = dropView(storeOf(rows, (s, m) => [0, 0, entropies[s], covariance(s)][m]));
      expect(view.length).toBe(rows === 40 ? 1 : 8);
      expect(view.correlation).toBeGreaterThan(0.98);
      for (const [i, drop] of view.drop.entries()) expect(drop).toBeCloseTo(0.02 * view.covariance[i], 3);
    }
  });

  test('a correlation needs three pairs and some spread', () => {
    expect(correlationOf([1, 2], [1, 2])).toBeNaN();
    expect(correlationOf([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(correlationOf([1, 2, Number.NaN, 3], [3, 2, 9, 1])).toBeCloseTo(-1, 12);
  });
});

/** Results of two arms, small enough to read. */
const findings: Findings = {
  experiment: 'entropy_collapse',
  title: 'Entropy collapse',
  question: 'Does it?',
  papers: ['entropy-mechanism'],
  chosen: '',
  steps: 3,
  seeds: 2,
  seed: 1,
  measures: { entropy_end: 'entropy at the end' },
  arms: Object.fromEntries(
    ['grpo', 'bonus'].map((arm, i) => [
      arm,
      {
        doc: arm,
        config: defaultRun(),
        schedule: [],
        replicas_are: 'seeds' as const,
        values: { entropy_end: [i, i + 0.5] },
        estimates: { entropy_end: { mean: i + 0.25, half_width: 0.1, n: 2 } },
        curves: { entropy: { steps: [0, 2], mean: [1 + i, Number.NaN], half_width: [0.5, Number.NaN] } },
      },
    ]),
  ),
  claims: [
    {
      says: 'It does.',
      source: 'arXiv 2505.22617',
      left: ['grpo', 'entropy_end'],
      is: 'near',
      right: ['bonus', 'entropy_end'],
      within: 0.1,
      difference: { mean: -1, half_width: 0.25, n: 2 },
      verdict: 'opposite',
    },
  ],
  missing: [],
};
const file = writeResults(findings, {
  engine: 'cpu',
  adapter: 'one thread',
  is_software: true,
  version: '0.1.0',
  node: 'v20.19.0',
  date: '2026-11-20T10:00:00Z',
  command: 'npm run experiment -- entropy_collapse',
  seconds: 1,
});

describe('results', () => {
  const answer = (text: string, type: string, status = 200) =>
    vi.fn(async () => new Response(text, { status, headers: { 'content-type': type } }));
  const ask = (stub: ReturnType<typeof answer>) =>
    fetchResults('entropy_collapse', 'https://a.example/lab/?task=sort#papers', stub as unknown as typeof fetch);

  test('are fetched beside the page', async () => {
    const stub = answer(file, 'application/json');
    const loaded = await ask(stub);
    expect(String((stub.mock.calls as unknown[][])[0][0])).toBe('https://a.example/lab/results/entropy_collapse.json');
    expect(loaded.is).toBe('ready');
  });

  test('that are not there are missing, also where a server answers with the page', async () => {
    expect(await ask(answer('no', 'text/plain', 404))).toEqual({ is: 'missing' });
    expect(await ask(answer('<!doctype html>', 'text/html'))).toEqual({ is: 'missing' });
  });

  test('that cannot be read give a sentence', async () => {
    expect(await ask(answer('{', 'application/json'))).toMatchObject({ is: 'bad', problem: /no JSON/ });
    const refused = vi.fn(async () => Promise.reject(new Error('offline')));
    expect(await fetchResults('x', 'https://a.example/', refused as unknown as typeof fetch)).toEqual({
      is: 'bad',
      problem: 'offline',
    });
  });

  test('become rows of a chart, numbers and sentences', async () => {
    const loaded = await ask(answer(file, 'application/json'));
    if (loaded.is !== 'ready') throw new Error('not ready');
    const { results } = loaded;
    expect(curveMetrics(results)).toEqual(['entropy']);
    expect(curveRows(results, 'entropy')).toEqual([
      { step: 0, first: 0, last: 0, grpo: 1, grpo_span: [0.5, 1.5], bonus: 2, bonus_span: [1.5, 2.5] },
      { step: 2, first: 2, last: 2, grpo: null, bonus: null },
    ]);
    expect(madeSentence(results)).toBe(
      '2 seeds, 3 steps; CPU engine, one thread; version 0.1.0, Node 20.19.0; 2026-11-20.',
    );
    const [claim] = results.claims;
    expect(claimTerms(claim)).toBe('Entropy end: GRPO near Bonus, within 0.1');
    expect(claimNumbers(claim, results.arms)).toBe(
      'Entropy end: GRPO 0.250, Bonus 1.25; difference −1.00 ± 0.25, claimed within 0.1, 2 seeds',
    );
    expect(claimTerms({ ...claim, is: 'below', right: 0.1, within: undefined })).toBe('Entropy end: GRPO below 0.1');
    expect(claimNumbers({ ...claim, is: 'below', right: 0.1, within: undefined }, results.arms)).toBe(
      'Entropy end: GRPO 0.250, claimed below 0.1; difference −1.00 ± 0.25, 2 seeds',
    );
    expect(claimTerms({ ...claim, right: ['grpo', 'accuracy'] })).toBe('GRPO: entropy end near accuracy, within 0.1');
    expect(claimTerms({ ...claim, right: ['bonus', 'accuracy'] })).toBe(
      'Entropy end and accuracy: GRPO near Bonus, within 0.1',
    );
    expect(formatEstimate(results.claims[0].difference)).toBe('−1.00 ± 0.25');
    expect(formatEstimate({ mean: Number.NaN, half_width: Number.NaN, n: 0 })).toBe('–');
    expect(verdictSentence(countVerdicts(results.claims))).toBe('1 opposite');
    expect(claimsOf(cards['entropy-mechanism'], results)).toHaveLength(1);
    expect(claimsOf(cards.flowrl, results)).toEqual([]);
  });

  test('a CPU engine is named once', async () => {
    const loaded = await ask(answer(file.replace('one thread', 'CPU engine (one thread)'), 'application/json'));
    if (loaded.is !== 'ready') throw new Error('not ready');
    expect(madeSentence(loaded.results)).toContain('3 steps; CPU engine (one thread); version');
  });

  test('bands end where a metric does', () => {
    const arm = { ...findings.arms.grpo, curves: {} };
    const of = (metric: string) =>
      curveRows(
        { arms: { a: { ...arm, curves: { [metric]: { steps: [0], mean: [0.9], half_width: [1] } } } } },
        metric,
      )[0].a_span;
    expect(of('accuracy')).toEqual([0, 1]);
    expect(of('rank:accuracy')).toEqual([0, 1]);
    expect(of('kind_share_0')).toEqual([0, 1]);
    expect(of('entropy')).toEqual([0, 1.9]);
    expect(of('reward_mean')).toEqual([0.9 - 1, 1.9]);
  });

  test('a change on the way is told', () => {
    expect(changeSentence({ at: 20, algorithm: 'kl_cov', hyper: { kl_coef: 0.1 } })).toBe(
      'from step 20 on the algorithm KL-Cov, kl coef 0.1',
    );
    expect(changeSentence({ at: 9, parts: { source: 'prompt_subset' } })).toBe('from step 9 on source “A few prompts”');
  });
});

describe('the words of experiments', () => {
  test.each([
    ['grpo', 'GRPO'],
    ['kl_cov', 'KL-Cov'],
    ['late_kl_cov', 'Late KL-Cov'],
    ['grpo_kl', 'GRPO KL'],
    ['dr_grpo', 'Dr. GRPO'],
    ['reinforce_plus_plus_baseline', 'REINFORCE++ baseline'],
    ['two_phases', 'Two phases'],
    ['support', 'Support'], // no PPO in it
  ])('the arm %s is %s', (arm, title) => {
    expect(armTitle(arm)).toBe(title);
  });

  test.each([
    ['entropy_early', 'Entropy early'],
    ['law_r2', 'Law R²'],
    ['pass_at_64_gain', 'Pass@64 gain'],
    ['distinct_correct', 'Different correct'],
  ])('the measure %s is %s', (measure, title) => {
    expect(measureTitle(measure)).toBe(title);
  });

  test('metrics are called as on the charts, kinds by their own names', () => {
    const kinds = kindsOf({ arms: { a: { ...findings.arms.grpo, config: defaultRun({ task: 'answer_formats' }) } } });
    expect(metricTitle('kind_share_0', kinds)).toBe('Share of ‘code’');
    expect(metricTitle('kind_share_0', [])).toBe('Share of kind 0');
    expect(metricTitle('reward_mean', [])).toBe('Reward');
    expect(metricTitle('rank:accuracy', [])).toBe('Accuracy, rank');
    expect(measureSentence('kind_accuracy_1 when reward_mean first is above 0.8', kinds)).toBe(
      'accuracy of ‘short’ when reward first is above 0.8',
    );
    expect(measureSentence('r2 of the law reward_mean = −a · exp(entropy) + b', [])).toBe(
      'R² of the law reward = −a · exp(entropy) + b',
    );
    expect(measureSentence('change of approx_kl over the run', [])).toBe('change of approx. KL over the run');
  });

  test('no experiment shows a name with an underscore', () => {
    for (const { arms, measures, base } of Object.values(experiments)) {
      const kinds = kindsOf({ arms: { a: { ...findings.arms.grpo, config: defaultRun(base) } } });
      const shown = [
        ...Object.keys(arms).map(armTitle),
        ...Object.entries(measures).flatMap(([name, { doc }]) => [measureTitle(name), measureSentence(doc, kinds)]),
      ];
      for (const text of shown) expect(text).not.toMatch(/_/);
    }
  });
});

describe('links into the playground', () => {
  const lab = makeLab(registries, () => ({ api: {} as never, broken: new Promise(() => {}), close: () => {} }), '');

  test('the address of every arm of every experiment is read back as its configuration', () => {
    let count = 0;
    for (const declared of Object.values(experiments)) {
      for (const arm of Object.keys(declared.arms)) {
        const config = armConfig(declared, arm);
        expect(canOpen(lab, config), `${declared.id}, ${arm}`).toBe(true);
        const { setup, complaints } = readQuery(registries, DEFAULT_SETUP, addressOf(lab, config));
        expect(complaints, `${declared.id}, ${arm}`).toEqual([]);
        expect(addressOf(lab, setup.config)).toBe(addressOf(lab, config));
        count++;
      }
    }
    expect(count).toBeGreaterThan(Object.keys(experiments).length);
  });

  test('what this build does not have cannot be opened', () => {
    expect(canOpen(lab, defaultRun({ algorithm: 'constructor' }))).toBe(false);
    expect(addressOf(lab, defaultRun())).toBe('?');
  });

  test('an opened configuration runs', async () => {
    const open = vi.fn(async () => {});
    lab.run.getState().setWanted(false);
    await openConfig({ run: lab.run, session: { ...lab.session, open } }, defaultRun({ task: 'sort' }));
    expect(open).toHaveBeenCalledWith(expect.objectContaining({ task: 'sort' }));
    expect(lab.run.getState().is_wanted).toBe(true);
  });
});

describe('papers', () => {
  const all = Object.values(cards);
  const ids = (search: string, only_running = false) =>
    findPapers(all, search, only_running).flatMap((group) => group.cards.map(({ id }) => id));

  test('without words all are listed, once each, what runs first', () => {
    expect(ids('').sort()).toEqual(Object.keys(cards).sort());
    for (const { cards: here } of findPapers(all, '')) {
      const running = here.map((card) => card.why_not === null);
      expect(running).toEqual([...running].sort((a, b) => Number(b) - Number(a)));
    }
  });

  test('every word must be found, in whatever case and order', () => {
    expect(ids('ENTROPY mechanism')).toContain('entropy-mechanism');
    expect(ids('2505.22617')).toEqual(['entropy-mechanism']);
    expect(ids('clip_cov')).toContain('entropy-mechanism');
    expect(ids('entropy zzzz')).toEqual([]);
  });

  test('those of which nothing runs can be left out', () => {
    expect(ids('', true).every((id) => cards[id].why_not === null)).toBe(true);
  });
});
