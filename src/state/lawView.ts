/** The entropy law of a running run: the points, the fit, and what the covariance says about the next step's entropy. */
import { type EntropyLaw, fitEntropyLaw } from '../trainer/law.ts';
import { formatCount, formatNumber, plural } from './format.ts';
import type { MetricStore } from './metricStore.ts';
import { ACCURACY, ENTROPY, REWARD } from './summary.ts';

/** What may stand for the score of the law: it was stated for a validation score. */
export const LAW_SCORES = [ACCURACY, REWARD] as const;
/** One of `LAW_SCORES`. */
export type LawScore = (typeof LAW_SCORES)[number];

const MOST_POINTS = 400;
/** Every how manieth of `count` points a picture shows, so that there are at most 400; those shown stay when more arrive. */
export const strideOf = (count: number): number => 2 ** Math.max(0, Math.ceil(Math.log2(count / MOST_POINTS)));
const LEAST_ENTROPIES = 3; // what a fit takes

/** One step at which entropy and score were both measured. */
export interface LawPoint {
  step: number;
  entropy: number;
  /** exp(entropy): the axis on which the law is a line */
  x: number;
  score: number;
}

/** Everything that the panel shows of the law. */
export interface LawView {
  points: LawPoint[];
  /** steps at which both were measured; the points are evenly taken from them */
  num_measured: number;
  /** how many of the points are the first third */
  num_first: number;
  law: EntropyLaw | undefined;
  /** why there is no law, '' where there is one */
  why_not: string;
}

/** Reads the points of a run, at most 400, and fits the law to them. */
export function lawView(metrics: MetricStore, score: LawScore): LawView {
  const entropies = metrics.column(ENTROPY)?.mean;
  const scores = metrics.column(score)?.mean;
  const both: number[] = [];
  if (entropies && scores) {
    for (let row = 0; row < metrics.num_rows; row++)
      if (Number.isFinite(entropies[row]) && Number.isFinite(scores[row])) both.push(row);
  }
  const stride = strideOf(both.length);
  const points: LawPoint[] = [];
  for (let i = 0; i < both.length; i += stride) {
    const row = both[i];
    const entropy = entropies![row];
    points.push({ step: metrics.steps[row], entropy, x: Math.exp(entropy), score: scores![row] });
  }
  const num_first = Math.floor(points.length / 3);
  const entropy = points.map((p) => p.entropy);
  const law = fitEntropyLaw(
    entropy,
    points.map((p) => p.score),
    num_first,
  );
  const why_not = law ? '' : tooFew(new Set(entropy).size);
  return { points, num_measured: both.length, num_first, law, why_not };
}

const tooFew = (distinct: number): string =>
  `There is no fit yet: a line through fewer than ${LEAST_ENTROPIES} different entropies would be exact whatever the truth is, and ${
    distinct === 1 ? 'only one has' : `${distinct === 0 ? 'none' : 'only two'} ${distinct === 0 ? 'has' : 'have'}`
  } been measured together with the score.`;

/** The score that a fitted line gives at a place of the axis. */
export const lawAt = (a: number, b: number, x: number): number => b - a * x;

/** The panel's picture in words. */
export function lawSentence({ law, points, why_not }: LawView, score_title: string): string {
  if (!law) return why_not;
  const first = law.ceiling_prefix;
  return `${score_title} against exp(entropy) at ${plural(points.length, 'step')}, with the line ${formatNumber(law.b)} − ${formatNumber(law.a)} · exp(H): it predicts ${formatNumber(law.ceiling_at_H0)} at entropy 0${
    first === undefined ? '' : `, and the first third alone predicted ${formatNumber(first)}`
  }.`;
}

/** Where the law need not hold, and what of that is true of this run. */
export function lawCaveat(
  score: LawScore,
  { entropy_coef, eval_every, num_changes }: { entropy_coef: number; eval_every: number; num_changes: number },
): string {
  const said = [
    'The law need not hold where something controls the entropy: a bonus, a clip or a KL term on tokens of high covariance, a temperature or a slider that is moved on the way.',
  ];
  if (entropy_coef > 0) said.push(`This run has an entropy bonus of ${formatNumber(entropy_coef)}.`);
  if (num_changes > 0)
    said.push(
      `${plural(num_changes, 'change')} ${num_changes === 1 ? 'was' : 'were'} made during this run; the fit takes all steps together.`,
    );
  if (score === ACCURACY && eval_every > 1)
    said.push(`Accuracy is measured every ${formatCount(eval_every)} steps, the reward at every one.`);
  return said.join(' ');
}

/** Covariance and the fall of the entropy, at the same steps. */
export interface DropView {
  steps: number[];
  /** of advantage and log-probability, its mean from the point before to this one; NaN where it was not measured */
  covariance: number[];
  /** entropy lost per step over the same stretch */
  drop: number[];
  /** of the two over the points where both exist; NaN with fewer than three */
  correlation: number;
  /** steps that a point stands for */
  length: number;
}

const MAX_DROPS = 48; // the entropy of one step is that of a few prompts: more points would show mostly their luck

/** What the covariance of a step says, beside what the entropy then did. */
export function dropView(metrics: MetricStore): DropView {
  const entropy = metrics.column(ENTROPY)?.mean;
  const covariance = metrics.column('covariance')?.mean;
  const length = 2 ** Math.max(0, Math.ceil(Math.log2(metrics.num_rows / MAX_DROPS)));
  const out: DropView = { steps: [], covariance: [], drop: [], correlation: Number.NaN, length };
  if (!entropy || !covariance) return out;
  const half = Math.floor(length / 2);
  for (let from = 0; from + 2 * length <= metrics.num_rows; from += length) {
    // from the middle of one stretch to the middle of the next: what the updates in between did
    out.steps.push(metrics.steps[from + half] + half);
    out.covariance.push(meanOf(covariance, from + half, length));
    out.drop.push((meanOf(entropy, from, length) - meanOf(entropy, from + length, length)) / length);
  }
  out.correlation = correlationOf(out.covariance, out.drop);
  return out;
}

/** Mean of what was measured in some rows; NaN where nothing was. */
function meanOf(column: Float32Array, from: number, count: number): number {
  let sum = 0;
  let measured = 0;
  for (let row = from; row < from + count; row++) {
    if (Number.isNaN(column[row])) continue;
    sum += column[row];
    measured++;
  }
  return measured > 0 ? sum / measured : Number.NaN;
}

/** Pearson's correlation over the pairs in which both are numbers. */
export function correlationOf(left: readonly number[], right: readonly number[]): number {
  const pairs = left.map((a, i) => [a, right[i]]).filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
  if (pairs.length < 3) return Number.NaN;
  const mean = (k: number) => pairs.reduce((sum, p) => sum + p[k], 0) / pairs.length;
  const [ma, mb] = [mean(0), mean(1)];
  let [aa, bb, ab] = [0, 0, 0];
  for (const [a, b] of pairs) {
    aa += (a - ma) ** 2;
    bb += (b - mb) ** 2;
    ab += (a - ma) * (b - mb);
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN;
}

/** How many points a picture shows of how many. */
export const shownSentence = ({ points, num_measured }: LawView): string =>
  points.length === num_measured
    ? plural(num_measured, 'point')
    : `${plural(points.length, 'point')}, evenly taken from ${formatCount(num_measured)}`;
