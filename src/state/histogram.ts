/** The histogram of a rollout in places and words. */
import type { Histogram } from '../trainer/protocol.ts';
import { formatCount, formatNumber, plural } from './format.ts';

/** Stands among the ids of the charted metrics for the chart of advantages. */
export const HISTOGRAM = 'histogram';

/** Where a bin begins and ends. */
const binEdges = ({ first, width }: Histogram, bin: number): [number, number] => [
  (first + bin) * width,
  (first + bin + 1) * width,
];

const share = (count: number, of: number) => `${Math.round((100 * count) / of)} %`;

/** The bars of a histogram from left to right: its bins, and between them the values that are exactly 0. */
export function barsOf(histogram: Histogram): { low: number; high: number; count: number }[] {
  const bars = histogram.counts.map((count, k) => {
    const [low, high] = binEdges(histogram, k);
    return { low, high, count };
  });
  const at = bars.findIndex(({ low }) => low >= 0);
  bars.splice(at < 0 ? bars.length : at, 0, { low: 0, high: 0, count: histogram.zeros });
  return bars;
}

/** From where to where the bars reach; around zero where all values are 0. */
export function spanOf(histogram: Histogram): [number, number] {
  const { first, width, counts } = histogram;
  return counts.length === 0 ? [-width, width] : [first * width, (first + counts.length) * width];
}

/** The bar at a value, by its index; values less than `slack` from zero are the bar of those that are exactly 0. */
export const barAt = (histogram: Histogram, value: number, slack: number): number =>
  barsOf(histogram).findIndex(({ low, high }) =>
    Math.abs(value) <= slack ? low === high : value > low && value <= high,
  );

/** One bar in words. */
export function barText({ unit }: Histogram, bar: { low: number; high: number; count: number }): string {
  const where = bar.low === bar.high ? 'exactly 0' : `${formatNumber(bar.low)} to ${formatNumber(bar.high)}`;
  return `${where}: ${plural(bar.count, unit)}`;
}

/** The histogram as sentences. */
export function histogramSentence(histogram: Histogram): string {
  const { of, step, unit, count, zeros, mean, low, high, counts, first, width } = histogram;
  const name = of === 'coef' ? 'coefs' : 'advantages';
  if (count === 0) return `No ${unit} has been trained on yet.`;
  const positive = counts.reduce((sum, n, k) => sum + (first + k >= 0 ? n : 0), 0);
  const negative = count - zeros - positive;
  return [
    `The ${name} of ${plural(count, unit)} at step ${formatCount(step)}:`,
    `${share(positive, count)} above 0, ${share(negative, count)} below, ${share(zeros, count)} exactly 0;`,
    `from ${formatNumber(low)} to ${formatNumber(high)}, mean ${formatNumber(Math.abs(mean) < 1e-5 * width ? 0 : mean)}.`,
  ].join(' ');
}
