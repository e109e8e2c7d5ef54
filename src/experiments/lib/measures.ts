/** Measures: one number from the metric rows of one seed. Each says in words what it measures, and which metrics it reads. */
import { type EntropyLaw, fitEntropyLaw } from '../../trainer/law.ts';

/** A metric where it was measured. */
export interface Point {
  step: number;
  value: number;
}

/** Everything that one seed of one arm left behind. */
export interface Series {
  /** steps that were run */
  steps: number;
  /** the points of a metric in the order of steps; empty where it was never measured */
  points(metric: string): readonly Point[];
}

/** A named number of an experiment. NaN means that this seed does not have it. */
export interface Measure {
  /** what it measures, in words */
  doc: string;
  /** metrics that it reads; `probe:metric` for one that a probe measured */
  metrics: readonly string[];
  of(series: Series): number;
}

const values = (points: readonly Point[]): number[] => points.map((p) => p.value);
const average = (list: readonly number[]): number => list.reduce((sum, v) => sum + v, 0) / list.length;

/** The value at a step: the newest one measured at or before it. NaN where the run ended before that step. */
export const at = (metric: string, step: number): Measure => ({
  doc: `${metric} at step ${step}`,
  metrics: [metric],
  of: (s) => (s.steps > step ? (s.points(metric).findLast((p) => p.step <= step)?.value ?? Number.NaN) : Number.NaN),
});

/** The newest value. */
export const final = (metric: string): Measure => ({
  doc: `${metric} at the end`,
  metrics: [metric],
  of: (s) => s.points(metric).at(-1)?.value ?? Number.NaN,
});

/** Mean over the last `count` rows in which the metric was measured. */
export const lastMean = (metric: string, count: number): Measure => ({
  doc: `${metric}, mean of the last ${count} values`,
  metrics: [metric],
  of: (s) => average(values(s.points(metric).slice(-count))),
});

/** Mean over the steps `from` … `to`, both included. NaN where the run ended before `from`. */
export const between = (metric: string, from: number, to: number): Measure => ({
  doc: `${metric}, mean of steps ${from} to ${to}`,
  metrics: [metric],
  of: (s) => average(values(s.points(metric).filter((p) => p.step >= from && p.step <= to))),
});

/** The largest value. */
export const maximum = (metric: string): Measure => ({
  doc: `largest ${metric}`,
  metrics: [metric],
  of: (s) => (s.points(metric).length > 0 ? Math.max(...values(s.points(metric))) : Number.NaN),
});

/** Trapezoid area under a metric, divided by the steps it spans: its mean height over the run. */
export const area = (metric: string): Measure => ({
  doc: `area under ${metric}, per step`,
  metrics: [metric],
  of(s) {
    const points = s.points(metric);
    let sum = 0;
    for (let i = 1; i < points.length; i++)
      sum += ((points[i].value + points[i - 1].value) / 2) * (points[i].step - points[i - 1].step);
    return points.length > 1 ? sum / (points[points.length - 1].step - points[0].step) : Number.NaN;
  },
});

/** The side of a threshold. */
export type Side = 'above' | 'below';

/** Mean of this many neighbouring values decides whether a noisy training metric has crossed a threshold. */
const GATE_WINDOW = 5;

const hasCrossed = (side: Side, value: number, threshold: number): boolean =>
  side === 'above' ? value >= threshold : value <= threshold;

/** First step at which a metric reaches a threshold. A seed that never does counts with the length of its run. */
export const firstStep = (metric: string, side: Side, threshold: number): Measure => ({
  doc: `first step with ${metric} ${side} ${threshold}; the run's length where it never is`,
  metrics: [metric],
  of(s) {
    const points = s.points(metric);
    if (points.length === 0) return Number.NaN;
    return points.find((p) => hasCrossed(side, p.value, threshold))?.step ?? s.steps;
  },
});

/**
 * A metric at the moment when another one reaches a threshold, both as means over five values in a row: two arms at
 * equal reward, say. NaN where the threshold is never reached.
 */
export const when = (metric: string, gate: string, side: Side, threshold: number): Measure => ({
  doc: `${metric} when ${gate} first is ${side} ${threshold}`,
  metrics: [metric, gate],
  of(s) {
    const gates = s.points(gate);
    for (let i = GATE_WINDOW; i <= gates.length; i++) {
      const window = gates.slice(i - GATE_WINDOW, i);
      if (!hasCrossed(side, average(values(window)), threshold)) continue;
      const [from, to] = [window[0].step, window[GATE_WINDOW - 1].step];
      return average(values(s.points(metric).filter((p) => p.step >= from && p.step <= to)));
    }
    return Number.NaN;
  },
});

/** Any function of several measures of the same seed. */
export const combine = (doc: string, measures: readonly Measure[], of: (...numbers: number[]) => number): Measure => ({
  doc,
  metrics: [...new Set(measures.flatMap((m) => m.metrics))],
  of: (s) => of(...measures.map((m) => m.of(s))),
});

/** One measure minus another: a probe minus the usual evaluation, or the end minus the start. */
export const difference = (left: Measure, right: Measure): Measure =>
  combine(`${left.doc} minus ${right.doc}`, [left, right], (a, b) => a - b);

/** The newest value minus the first. */
export const change = (metric: string): Measure => ({
  ...difference(final(metric), at(metric, 0)),
  doc: `change of ${metric} over the run`,
});

/** The largest of several measures. */
export const largest = (measures: readonly Measure[]): Measure =>
  combine(`largest of ${measures.map((m) => m.doc).join(', ')}`, measures, Math.max);

/** Entropy of several shares, in nats: 0 when one of them has everything. */
export const spread = (shares: readonly Measure[]): Measure =>
  combine(`entropy of ${shares.map((m) => m.doc).join(', ')}`, shares, (...list) =>
    list.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0),
  );

/** The same measure under other words. */
export const named = (doc: string, measure: Measure): Measure => ({ ...measure, doc });

/**
 * A number of the fitted entropy law, score = −a · exp(entropy) + b, over all steps at which both were measured; the
 * fields of a prefix are fitted to the first third of them.
 */
export const law = (field: keyof EntropyLaw, entropy = 'entropy', score = 'reward_mean'): Measure => ({
  doc: `${field} of the law ${score} = −a · exp(${entropy}) + b`,
  metrics: [entropy, score],
  of(s) {
    const scores = new Map(s.points(score).map((p) => [p.step, p.value]));
    const both = s.points(entropy).filter((p) => scores.has(p.step));
    const fitted = fitEntropyLaw(
      values(both),
      both.map((p) => scores.get(p.step)!),
      Math.floor(both.length / 3),
    );
    return fitted?.[field] ?? Number.NaN;
  },
});
