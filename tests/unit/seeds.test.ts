import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { algorithms } from '../../src/algorithms/index.ts';
import { type Card, complainCard, countSentences, RUN_KINDS, runsHere, TOPICS } from '../../src/corpus/card.ts';
import { cards, collectCards } from '../../src/corpus/index.ts';
import { tasks } from '../../src/tasks/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const all = Object.values(cards);
const ids: string[] = JSON.parse(readFileSync(join(root, 'tests/unit/corpusIds.json'), 'utf8'));

describe('the corpus', () => {
  test('has a card for every paper, and none besides', () => {
    expect(new Set(ids).size).toBe(146);
    expect(Object.keys(cards).sort()).toEqual([...ids].sort());
    const files = readdirSync(join(root, 'seeds'));
    expect(files.sort()).toEqual(ids.map((id) => `${id}.json`).sort());
  });

  test('has sound cards', () => {
    expect(all.flatMap((card) => complainCard(card.id, card))).toEqual([]);
  });

  test('has two sentences per idea', () => {
    expect(all.filter((card) => countSentences(card.idea) !== 2).map((card) => card.id)).toEqual([]);
  });

  test('has the roles it was planned with', () => {
    const counts: Record<string, number> = {};
    for (const card of all) counts[card.role] = (counts[card.role] ?? 0) + 1;
    expect(counts).toEqual({ algorithm: 88, experiment: 28, system: 8, environment: 4, reading: 18 });
  });

  test('lists papers for reading, and only those, under that heading', () => {
    expect(all.filter((card) => (card.role === 'reading') !== (card.topic === 'reading'))).toEqual([]);
    expect(new Set(all.map((card) => card.topic))).toEqual(new Set(Object.keys(TOPICS)));
  });

  test('names an arXiv number once, and one that can exist', () => {
    const known = all.flatMap((card) => card.arxiv ?? []);
    expect(new Set(known).size).toBe(known.length);
    // year and month come first; five digits since 2015
    for (const arxiv of known) expect(arxiv).toMatch(/^(1[5-9]|2\d)(0[1-9]|1[0-2])\.\d{5}$/);
  });

  test('tells no idea twice', () => {
    expect(new Set(all.map((card) => card.idea)).size).toBe(all.length);
  });

  test('is what docs/papers.md shows', () => {
    const { stdout, status } = spawnSync(process.execPath, ['scripts/run.mjs', 'src/cli/papers.ts', '--out', '-'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    // after a change of a card: npm run papers
    expect(readFileSync(join(root, 'docs/papers.md'), 'utf8')).toBe(stdout);
    for (const card of all) expect(stdout).toContain(card.idea);
    expect(stdout).toContain(`something runs of ${all.filter(runsHere).length}.`);
  });
});

test('what a card says runs here exists', () => {
  const exists: Record<string, (id: string) => boolean> = {
    algorithms: (id) => Object.hasOwn(algorithms, id),
    tasks: (id) => Object.hasOwn(tasks, id),
    experiments: (id) => existsSync(join(root, `src/experiments/${id}.ts`)),
    systems: (id) => id === 'staleness',
  };
  const missing = all.flatMap((card) =>
    RUN_KINDS.flatMap((kind) =>
      card.runs[kind].filter((id) => !exists[kind](id)).map((id) => `${card.id}: ${kind} ${id}`),
    ),
  );
  expect(missing).toEqual([]);
});

describe('complainCard', () => {
  const good: Card = {
    id: 'some-paper',
    title: 'Some paper',
    arxiv: '2505.22617',
    role: 'algorithm',
    wave: 1,
    topic: 'reward',
    idea: 'It does this by 0.5 steps. Then it does that.',
    runs: { algorithms: [], tasks: [], experiments: [], systems: [] },
    why_not: 'It needs something else.',
    headline: null,
  };
  const complaints = (change: Record<string, unknown>) => complainCard('some-paper', { ...good, ...change });

  test('is silent about a sound card', () => {
    expect(complaints({})).toEqual([]);
    expect(complaints({ arxiv: null, headline: 'It gains 5.5 points.' })).toEqual([]);
    expect(complaints({ runs: { ...good.runs, tasks: ['sort'] }, why_not: null })).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['another id', { id: 'other' }, `the id "other", wanted 'some-paper'`],
    ['no title', { title: '' }, `"" as 'title'`],
    ['a short arXiv number', { arxiv: '2505.226' }, `"2505.226" as 'arxiv'`],
    ['a number as arXiv number', { arxiv: 2505.22617 }, `2505.22617 as 'arxiv'`],
    ['a missing arXiv number', { arxiv: undefined }, `nothing as 'arxiv'`],
    ['an unknown role', { role: 'poem' }, 'the role "poem"'],
    ['half a wave', { wave: 1.5 }, `1.5 as 'wave'`],
    ['an unknown topic', { topic: 'toString' }, 'the topic "toString"'],
    ['one sentence', { idea: 'It does this.' }, `1 whole sentences in 'idea', wanted 2`],
    ['three sentences', { idea: 'One. Two! Three?' }, `3 whole sentences in 'idea', wanted 2`],
    ['a cut-off idea', { idea: 'One. Two. And' }, `0 whole sentences in 'idea'`],
    ['an idea that is no text', { idea: 7 }, `7 as 'idea'`],
    ['a headline of two sentences', { headline: 'One. Two.' }, `2 whole sentences in 'headline'`],
    ['an empty headline', { headline: '' }, `0 whole sentences in 'headline'`],
    ['no reason', { why_not: null }, `null as 'why_not'`],
    ['no runs', { runs: [] }, `[] as 'runs'`],
    ['a list missing in runs', { runs: { ...good.runs, tasks: undefined } }, `nothing as 'runs.tasks'`],
    ['an unknown kind', { runs: { ...good.runs, poems: [] } }, `the kind 'poems'`],
    ['a reason beside a run', { runs: { ...good.runs, tasks: ['sort'] } }, `a 'why_not' beside`],
    ['an unknown field', { colour: 'red' }, `the field 'colour'`],
  ])('%s', (_name, change, sentence) => {
    const [complaint, ...rest] = complaints(change);
    expect(rest).toEqual([]);
    expect(complaint).toContain(`seeds/some-paper.json: found ${sentence}`);
    expect(complaint).toMatch(/, wanted .*; .*\.$/s);
  });

  test.each([
    ['a dash', ['no-dash'], `"no-dash" in 'runs.tasks'`],
    ['a repetition', ['sort', 'sort'], "an id twice in 'runs.tasks'"],
  ])('%s in runs', (_name, named, sentence) => {
    const [complaint, ...rest] = complaints({ runs: { ...good.runs, tasks: named }, why_not: null });
    expect(rest).toEqual([]);
    expect(complaint).toContain(sentence);
  });

  test('a file that holds no object, or has a bad name', () => {
    expect(complainCard('x', [good])).toEqual([
      expect.stringContaining('seeds/x.json: found a list, wanted one object'),
    ]);
    expect(complainCard('x', null)).toHaveLength(1);
    expect(complainCard('Some_Paper', { ...good, id: 'Some_Paper' })).toEqual([
      expect.stringContaining('found this file name'),
    ]);
  });

  test('the collection throws the complaint', () => {
    expect(() => collectCards({ '/seeds/some-paper.json': { ...good, wave: 0 } })).toThrow(
      "seeds/some-paper.json: found 0 as 'wave', wanted a whole number from 1",
    );
    expect(Object.keys(collectCards({ '/seeds/some-paper.json': good }))).toEqual(['some-paper']);
  });
});
