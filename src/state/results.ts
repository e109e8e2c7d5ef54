/** Measured results of experiments: fetched when they are looked at, and put into words, rows and curves. */
import { type Change, configOf, type Experiment } from '../experiments/experiment.ts';
import type { Estimate, Relation, Verdict } from '../experiments/lib/statistics.ts';
import { type ClaimResult, type Results, readResults } from '../experiments/results.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import { type ChartRow, spanKey } from './chartRows.ts';
import { formatNumber, formatPlain, plural, wordsOf } from './format.ts';
import { sentenceOf } from './session.ts';

/** A results file: there, not made yet, or unreadable. */
export type Loaded = { is: 'ready'; results: Results } | { is: 'missing' } | { is: 'bad'; problem: string };

/** The command that makes a results file. */
export const commandOf = (id: string): string => `npm run experiment -- ${id}`;

/** Fetches one results file. A server that answers every address with the page has no such file. */
export async function fetchResults(id: string, page_address: string, ask: typeof fetch = fetch): Promise<Loaded> {
  try {
    const answer = await ask(new URL(`results/${id}.json`, page_address));
    if (!answer.ok || !(answer.headers.get('content-type') ?? '').includes('json')) return { is: 'missing' };
    return { is: 'ready', results: readResults(await answer.text()) };
  } catch (error) {
    return { is: 'bad', problem: sentenceOf(error) };
  }
}

const asked = new Map<string, Promise<Loaded>>();

/** The same, asked once per page for what was found. */
export function loadResults(id: string): Promise<Loaded> {
  const known = asked.get(id);
  if (known !== undefined) return known;
  const answer = fetchResults(id, document.baseURI);
  asked.set(id, answer);
  void answer.then(({ is }) => is === 'bad' && asked.delete(id));
  return answer;
}

/** What a verdict is called. */
export const VERDICT_TITLES: Record<Verdict, string> = {
  holds: 'Holds',
  opposite: 'Opposite',
  undecided: 'Undecided',
};
/** What a verdict means. */
export const VERDICT_DOCS: Record<Verdict, string> = {
  holds: 'the whole 95 % interval of the difference agrees with the claim',
  opposite: 'the whole 95 % interval of the difference disagrees with the claim',
  undecided: 'the 95 % interval of the difference straddles the border; more seeds would narrow it',
};
const RELATION_TITLES: Record<Relation, string> = { above: 'above', below: 'below', near: 'near' };

/** `0.206 ± 0.053`; the half width is left out where one seed alone was measured. */
export function formatEstimate({ mean, half_width }: Estimate): string {
  if (!Number.isFinite(mean)) return '–';
  return Number.isFinite(half_width) ? `${formatNumber(mean)} ± ${formatNumber(half_width, 2)}` : formatNumber(mean);
}

/** What a claim compares, in words. */
export function claimTerms({ left, is, right, within }: Pick<ClaimResult, 'left' | 'is' | 'right' | 'within'>): string {
  const term = (pair: ClaimResult['right']) =>
    typeof pair === 'number' ? formatPlain(pair) : `${wordsOf(pair[1])} of ${wordsOf(pair[0])}`;
  const room = within === undefined ? '' : `, within ${formatPlain(within)}`;
  return `${term(left)} ${RELATION_TITLES[is]} ${term(right)}${room}`;
}

/** The measured difference of a claim. */
export const differenceSentence = ({ difference }: Pick<ClaimResult, 'difference'>): string =>
  `difference ${formatEstimate(difference)}, ${plural(difference.n, 'seed')}`;

/** `2 hold, 1 opposite`. */
export function verdictSentence(counts: Record<Verdict, number>): string {
  const words = [
    counts.holds > 0 ? `${counts.holds} ${counts.holds === 1 ? 'holds' : 'hold'}` : '',
    counts.opposite > 0 ? `${counts.opposite} opposite` : '',
    counts.undecided > 0 ? `${counts.undecided} undecided` : '',
  ].filter((text) => text !== '');
  return words.join(', ') || 'no claim';
}

/** How and when the numbers were made. */
export function madeSentence({ made, seeds, steps }: Results): string {
  const engine = made.engine === 'cpu' ? 'CPU engine' : made.is_software ? 'WebGPU on a software adapter' : 'WebGPU';
  const day = made.date.slice(0, 10);
  return `${plural(seeds, 'seed')}, ${plural(steps, 'step')}; ${engine}, ${made.adapter}; version ${made.version}, Node ${made.node.replace(/^v/, '')}; ${day}.`;
}

/** The mean curves of a metric over the arms, with their 95 % bands, as rows of a chart. */
export function curveRows({ arms }: Pick<Results, 'arms'>, metric: string): ChartRow[] {
  const rows = new Map<number, ChartRow>();
  for (const [arm, { curves }] of Object.entries(arms)) {
    const curve = curves[metric];
    curve?.steps.forEach((step, i) => {
      const row = rows.get(step) ?? { step, first: step, last: step };
      const mean = curve.mean[i];
      const half = curve.half_width[i];
      row[arm] = Number.isFinite(mean) ? mean : null;
      if (Number.isFinite(mean) && Number.isFinite(half)) row[spanKey(arm)] = [mean - half, mean + half];
      rows.set(step, row);
    });
  }
  return [...rows.values()].sort((a, b) => a.step - b.step);
}

/** The metrics of which some arm has a curve. */
export const curveMetrics = ({ arms }: Pick<Results, 'arms'>): string[] => [
  ...new Set(Object.values(arms).flatMap(({ curves }) => Object.keys(curves))),
];

/** An arm's configuration as a run of the page. */
export const armConfig = (declared: Experiment, arm: string): RunConfig => configOf(declared, arm, 1);

/** A change in mid-run, in words. */
export function changeSentence({ at, algorithm, parts = {}, hyper = {} }: Change): string {
  const said = [
    algorithm === undefined ? '' : `the algorithm ${algorithm}`,
    ...Object.entries(parts).map(([role, id]) => `${role} ${id}`),
    ...Object.entries(hyper).map(([name, value]) => `${wordsOf(name)} ${formatPlain(value)}`),
  ].filter((text) => text !== '');
  return `from step ${at} on ${said.join(', ')}`;
}
