/** The law's small print, measured: what each step's updates did to the entropy, beside what their covariance predicts. */
import { formatNumber, plural } from './format.ts';
import { correlationOf, strideOf } from './lawView.ts';
import type { MetricStore } from './metricStore.ts';

/** Metrics that a run measures with the batch setting `entropy_watch`. */
export const MEASURED_CHANGE = 'entropy_change';
/** See `MEASURED_CHANGE`. */
export const PREDICTED_CHANGE = 'entropy_change_predicted';

const LEAST_POINTS = 3; // what a correlation takes

/** The change of one step, in nats. */
export interface ChangePoint {
  step: number;
  predicted: number;
  measured: number;
}

/** Every step that was measured, thinned to a picture, and how near the prediction comes. */
export interface ChangeView {
  points: ChangePoint[];
  num_measured: number;
  /** summed over all measured steps, in nats */
  predicted: number;
  measured: number;
  /** of the two over all measured steps; NaN with fewer than three */
  correlation: number;
  /** measured change per predicted one: slope of the line through 0 that fits all steps best; NaN where nothing moved */
  slope: number;
}

/** Reads the two changes of a run, at most 400 points of them. */
export function changeView(metrics: MetricStore): ChangeView {
  const predictions = metrics.column(PREDICTED_CHANGE)?.mean ?? [];
  const measurements = metrics.column(MEASURED_CHANGE)?.mean ?? [];
  const all: ChangePoint[] = [];
  for (let row = 0; row < metrics.num_rows; row++) {
    const predicted = predictions[row];
    const measured = measurements[row];
    if (Number.isFinite(predicted) && Number.isFinite(measured))
      all.push({ step: metrics.steps[row], predicted, measured });
  }
  const sum = (of: (point: ChangePoint) => number) => all.reduce((total, point) => total + of(point), 0);
  const squares = sum((p) => p.predicted ** 2);
  const stride = strideOf(all.length);
  return {
    points: all.filter((_, i) => i % stride === 0),
    num_measured: all.length,
    predicted: sum((p) => p.predicted),
    measured: sum((p) => p.measured),
    correlation: correlationOf(
      all.map((p) => p.predicted),
      all.map((p) => p.measured),
    ),
    slope: squares > 0 ? sum((p) => p.predicted * p.measured) / squares : Number.NaN,
  };
}

/** The picture in words. */
export function changeSentence({ num_measured, predicted, measured, correlation, slope }: ChangeView): string {
  if (num_measured < LEAST_POINTS) return 'Fewer than three steps have been measured so far.';
  const told = `Over ${plural(num_measured, 'step')} the updates changed the entropy by ${formatNumber(measured)} nats in all; their covariance predicted ${formatNumber(predicted)}.`;
  if (!Number.isFinite(slope)) return told;
  const correlated = Number.isFinite(correlation) ? `, with a correlation of ${formatNumber(correlation, 2)}` : '';
  return `${told} Step by step the measured change is ${formatNumber(slope, 2)} times the predicted one${correlated}.`;
}
