/** Measured results of experiments: fetched when they are looked at, and put into words, rows and curves. */
import { ROLES } from '../algorithms/algorithm.ts';
import { partsOf } from '../algorithms/index.ts';
import { type Change, configOf, type Experiment } from '../experiments/experiment.ts';
import type { Estimate, Verdict } from '../experiments/lib/statistics.ts';
import { type ClaimResult, type Results, readResults } from '../experiments/results.ts';
import { metricNamed } from '../trainer/metrics.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import { own, ROLE_TITLES } from './catalogue.ts';
import { type ChartRow, spanKey } from './chartRows.ts';
import { formatNumber, formatPlain, formatTick, plural, wordsOf } from './format.ts';
import { armTitle, inSentence, measureTitle } from './resultWords.ts';
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
/** `0.206 ± 0.053`; the half width is left out where one seed alone was measured. */
export function formatEstimate({ mean, half_width }: Estimate): string {
  if (!Number.isFinite(mean)) return '–';
  return Number.isFinite(half_width) ? `${formatNumber(mean)} ± ${formatNumber(half_width, 2)}` : formatNumber(mean);
}

/** What a claim compares, in words: `Entropy early: Clip-Cov above GRPO`. */
export function claimTerms({ left, is, right, within }: Pick<ClaimResult, 'left' | 'is' | 'right' | 'within'>): string {
  const [shared, ...terms] = termsOf(left, right);
  return `${shared}: ${terms.join(` ${is} `)}${within === undefined ? '' : `, within ${formatPlain(within)}`}`;
}

/** The same with the measured numbers: `Entropy early: Clip-Cov 0.315, GRPO 0.173; difference 0.142 ± 0.083, 8 seeds`. */
export function claimNumbers(
  { left, is, right, within, difference }: Omit<ClaimResult, 'says' | 'source' | 'verdict'>,
  arms: Results['arms'],
): string {
  const [shared, first, second] = termsOf(left, right);
  const number = ([arm, measure]: ClaimResult['left']) =>
    formatNumber(own(arms[arm].estimates, measure)?.mean ?? Number.NaN);
  const other = typeof right === 'number' ? `claimed ${is} ${second}` : `${second} ${number(right)}`;
  const room = within === undefined ? '' : `, claimed within ${formatPlain(within)}`;
  return `${shared}: ${first} ${number(left)}, ${other}; difference ${formatEstimate(difference)}${room}, ${plural(difference.n, 'seed')}`;
}

/** What both sides of a claim share, the measure or the arm, then what each is called. */
function termsOf(left: ClaimResult['left'], right: ClaimResult['right']): [string, string, string] {
  const [arm, measure] = [armTitle(left[0]), measureTitle(left[1])];
  if (typeof right === 'number') return [measure, arm, formatTick(right)];
  const [other_arm, other_measure] = [armTitle(right[0]), measureTitle(right[1])];
  if (measure === other_measure) return [measure, arm, other_arm];
  if (arm === other_arm) return [arm, inSentence(measure), inSentence(other_measure)];
  return [`${measure} and ${inSentence(other_measure)}`, arm, other_arm];
}

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
  const where = made.adapter.startsWith(engine) ? made.adapter : `${engine}, ${made.adapter}`;
  const day = made.date.slice(0, 10);
  return `${plural(seeds, 'seed')}, ${plural(steps, 'step')}; ${where}; version ${made.version}, Node ${made.node.replace(/^v/, '')}; ${day}.`;
}

/** The mean curves of a metric over the arms, with their 95 % bands, as rows of a chart. A band ends where the metric does. */
export function curveRows({ arms }: Pick<Results, 'arms'>, metric: string): ChartRow[] {
  const [least, most] = metricNamed(metric.replace(/^.*:/, ''))?.range ?? [
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ];
  const rows = new Map<number, ChartRow>();
  for (const [arm, { curves }] of Object.entries(arms)) {
    const curve = curves[metric];
    curve?.steps.forEach((step, i) => {
      const row = rows.get(step) ?? { step, first: step, last: step };
      const mean = curve.mean[i];
      const half = curve.half_width[i];
      row[arm] = Number.isFinite(mean) ? mean : null;
      if (Number.isFinite(mean) && Number.isFinite(half))
        row[spanKey(arm)] = [Math.max(mean - half, least), Math.min(mean + half, most)];
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
    algorithm === undefined ? '' : `the algorithm ${armTitle(algorithm)}`,
    ...ROLES.filter((role) => own(parts, role) !== undefined).map((role) => {
      const part = partsOf(role).find(({ id }) => id === parts[role]);
      return `${inSentence(ROLE_TITLES[role])} “${part?.title ?? wordsOf(parts[role])}”`;
    }),
    ...Object.entries(hyper).map(([name, value]) => `${wordsOf(name)} ${formatPlain(value)}`),
  ].filter((text) => text !== '');
  return `from step ${at} on ${said.join(', ')}`;
}
