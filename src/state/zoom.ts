/** Windows on the axis of the charts: all charts look through the same one. */
import type { Span } from './chartRows.ts';
import type { MetricStore } from './metricStore.ts';
import type { CompareBy, Overlay } from './runs.ts';

/** A window, and what it is a window of: another run, or another axis, is seen whole. */
export interface Zoom extends Span {
  by: CompareBy;
  /** of the rows it was opened on */
  generation: number;
}

/** How the charts are drawn. */
export interface ChartView {
  /** steps that the running mean reaches back, 0 for none */
  smoothing: number;
  is_log: boolean;
  /** every replica as a line instead of a band around their mean */
  is_single: boolean;
  zoom: Zoom | undefined;
}

/** The choices of smoothing, in steps. */
export const SMOOTHINGS = [0, 5, 20, 100, 500] as const;

/** The charts as a first-time visitor sees them. */
export const PLAIN_CHARTS: ChartView = { smoothing: 0, is_log: false, is_single: false, zoom: undefined };

const LEAST: Record<CompareBy, number> = { step: 4, seconds: 0.05 };

/** The window that counts for these rows and this axis. */
export const windowOf = (zoom: Zoom | undefined, metrics: MetricStore, by: CompareBy): Span | undefined =>
  zoom && zoom.by === by && zoom.generation === metrics.generation ? zoom : undefined;

/** From where to where there is anything to see: the live rows and the runs laid over them. */
export function wholeSpan(metrics: MetricStore, overlays: readonly Overlay[], by: CompareBy): Span {
  const { num_rows } = metrics;
  const places = by === 'step' ? metrics.steps : metrics.seconds;
  const spans = overlays.map(({ rows }) =>
    by === 'step'
      ? { first: rows.first[0], last: rows.last[rows.last.length - 1] }
      : { first: rows.seconds[0], last: rows.seconds[rows.seconds.length - 1] },
  );
  if (num_rows > 0) spans.push({ first: places[0], last: places[num_rows - 1] });
  if (spans.length === 0) return { first: 0, last: 0 };
  return { first: Math.min(...spans.map((s) => s.first)), last: Math.max(...spans.map((s) => s.last)) };
}

/** A window inside the whole, no narrower than can be drawn; undefined where it is the whole. */
export function fitted(wanted: Span, whole: Span, by: CompareBy): Span | undefined {
  const room = whole.last - whole.first;
  const width = Math.max(LEAST[by], wanted.last - wanted.first);
  if (width >= room) return undefined;
  const middle = (wanted.first + wanted.last) / 2;
  let first = Math.min(Math.max(whole.first, middle - width / 2), whole.last - width);
  let last = first + width;
  if (by === 'step') {
    first = Math.floor(first);
    last = Math.ceil(last);
  }
  return first <= whole.first && last >= whole.last ? undefined : { first, last };
}

/** A window so many times as wide, in which one place stays where it is. */
export function scaled(now: Span, factor: number, about: number): Span {
  const place = Math.min(now.last, Math.max(now.first, about));
  return { first: place - (place - now.first) * factor, last: place + (now.last - place) * factor };
}

/** A window moved by a share of its width, not out of the whole. */
export function panned(now: Span, share: number, whole: Span): Span {
  const width = now.last - now.first;
  const wish =
    Number.isInteger(now.first) && Number.isInteger(width)
      ? Math.sign(share) * Math.round(Math.abs(share) * width)
      : share * width;
  const by = Math.min(Math.max(wish, whole.first - now.first), Math.max(0, whole.last - now.last));
  return { first: now.first + by, last: now.last + by };
}
