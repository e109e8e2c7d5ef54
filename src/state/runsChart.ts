/** Kept runs as curves over the live one: few points, one path in a space of its own, and what is read at a place. */
import type { ChartRow, Span } from './chartRows.ts';
import { formatCount, formatNumber } from './format.ts';
import type { CompareBy, Overlay, RunRows } from './runs.ts';

const MOST_POINTS = 256; // as many as the live run has
const SPACE = 10_000; // a path lies in a square of this size, whole numbers in it, whatever the run's own numbers are

/** A metric of a kept run, a point per stretch; NaN where it was not measured. */
export interface Curve {
  /** middle, first and last place of each point on the axis */
  at: Float64Array;
  first: Float64Array;
  last: Float64Array;
  value: Float32Array;
  /** range of the values, NaN without any */
  low: number;
  high: number;
  /** the curve as an SVG path: its own extent is the square from 0 to `SPACE`, the highest value at 0 */
  path: string;
  /** the last point that was measured, −1 without any */
  end: number;
}

const curves = new WeakMap<RunRows, Map<string, Curve>>();

/** A metric of a whole kept run as a curve; worked out once. */
export function curveOf(rows: RunRows, metric: string, by: CompareBy): Curve {
  let known = curves.get(rows);
  if (!known) {
    known = new Map();
    curves.set(rows, known);
  }
  const key = `${by} ${metric}`;
  let curve = known.get(key);
  if (!curve) {
    curve = makeCurve(rows, metric, by);
    known.set(key, curve);
  }
  return curve;
}

/** A running mean over so many steps of the mean of each stretch, which counts by its steps. */
function smoothed(mean: Float32Array, { first, last }: RunRows, steps: number): Float32Array {
  const out = new Float32Array(mean.length).fill(Number.NaN);
  let from = 0;
  let sum = 0;
  let weight = 0;
  const take = (k: number, sign: 1 | -1) => {
    if (!Number.isFinite(mean[k])) return;
    sum += sign * mean[k] * (last[k] - first[k] + 1);
    weight += sign * (last[k] - first[k] + 1);
  };
  for (let k = 0; k < mean.length; k++) {
    take(k, 1);
    while (from < k && first[from] <= last[k] - steps) take(from++, -1);
    if (Number.isFinite(mean[k]) && weight > 0) out[k] = sum / weight;
  }
  return out;
}

/** A part of a kept run as a curve, with a running mean over so many steps. */
export function makeCurve(rows: RunRows, metric: string, by: CompareBy, window?: Span, smoothing = 0): Curve {
  const raw = Object.hasOwn(rows.columns, metric) ? rows.columns[metric].mean : undefined;
  const mean = raw && smoothing > 1 ? smoothed(raw, rows, smoothing) : raw;
  let begin = 0;
  let num_stretches = rows.first.length;
  if (window) {
    const firsts = by === 'step' ? rows.first : rows.seconds;
    const lasts = by === 'step' ? rows.last : rows.seconds;
    while (begin + 1 < num_stretches && lasts[begin + 1] < window.first) begin++; // one on either side, for the line
    while (num_stretches - 2 > begin && firsts[num_stretches - 2] > window.last) num_stretches--;
  }
  const joined = 2 ** Math.max(0, Math.ceil(Math.log2((num_stretches - begin) / MOST_POINTS)));
  const count = Math.ceil((num_stretches - begin) / joined);
  const at = new Float64Array(count);
  const first = new Float64Array(count);
  const last = new Float64Array(count);
  const value = new Float32Array(count).fill(Number.NaN);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let end = -1;
  for (let point = 0; point < count; point++) {
    const from = begin + point * joined;
    const to = Math.min(from + joined, num_stretches) - 1;
    first[point] = by === 'step' ? rows.first[from] : rows.seconds[from];
    last[point] = by === 'step' ? rows.last[to] : rows.seconds[to];
    at[point] = (first[point] + last[point]) / 2;
    let sum = 0;
    let measured = 0;
    for (let k = from; mean && k <= to; k++) {
      if (!Number.isFinite(mean[k])) continue;
      sum += mean[k];
      measured++;
    }
    if (measured === 0) continue;
    value[point] = sum / measured;
    low = Math.min(low, value[point]);
    high = Math.max(high, value[point]);
    end = point;
  }
  const is_empty = end < 0;
  const curve = { at, first, last, value, low: is_empty ? Number.NaN : low, high: is_empty ? Number.NaN : high, end };
  return { ...curve, path: pathOf(curve) };
}

const same = (value: number) => value;

function pathOf({ at, value, low, high, end }: Omit<Curve, 'path'>, scale = same): string {
  const width = at[at.length - 1] - at[0] || 1;
  const top = scale(high);
  const height = top - scale(low) || 1;
  const out: string[] = [];
  for (let point = 0; point <= end; point++) {
    if (Number.isNaN(value[point])) continue;
    const x = Math.round(((at[point] - at[0]) / width) * SPACE);
    const y = Math.round(((top - scale(value[point])) / height) * SPACE);
    out.push(`${x} ${y}`);
  }
  return out.length === 0 ? '' : `M${out.join('L')}`;
}

/** The value at a place on the axis; NaN before the run, behind its end, and where it was not measured. */
export function valueAt({ first, last, value }: Curve, place: number): number {
  const count = first.length;
  if (count === 0 || !(place >= first[0] && place <= last[count - 1])) return Number.NaN;
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (first[middle] <= place) low = middle;
    else high = middle - 1;
  }
  return value[low];
}

/** Whether a run had ended before a place on the axis. */
export const hasEnded = ({ last }: Curve, place: number): boolean => place > last[last.length - 1];

/** The least and the largest value of a curve between two places; nothing where it has none there. */
export function rangeIn({ first, last, value }: Curve, window: Span): number[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < value.length; k++) {
    if (Number.isNaN(value[k]) || last[k] < window.first || first[k] > window.last) continue;
    low = Math.min(low, value[k]);
    high = Math.max(high, value[k]);
  }
  return low > high ? [] : [low, high];
}

/** From where to where the axis reaches, the live rows and the curves over them together. */
export function extentOf(rows: readonly ChartRow[], drawn: readonly Curve[]): { first: number; last: number } {
  const firsts = [rows[0]?.first, ...drawn.map((curve) => curve.first[0])].filter((place) => place !== undefined);
  const lasts = [rows.at(-1)?.last, ...drawn.map((curve) => curve.last.at(-1))].filter((place) => place !== undefined);
  return firsts.length === 0 ? { first: 0, last: 0 } : { first: Math.min(...firsts), last: Math.max(...lasts) };
}

/** The places at which a chart can be read: the live run's points, then those of the curve that reaches furthest. */
export function readingPlaces(rows: readonly ChartRow[], drawn: readonly Curve[]): number[] {
  const places = rows.map((row) => row.step);
  const end = rows.at(-1)?.last ?? Number.NEGATIVE_INFINITY;
  let longest: Curve | undefined;
  for (const curve of drawn) {
    if (curve.at.length === 0) continue;
    if (!longest || curve.last[curve.last.length - 1] > longest.last[longest.last.length - 1]) longest = curve;
  }
  if (longest) for (const place of longest.at) if (place > end) places.push(place);
  return places;
}

/** The place in a list that is nearest to another, by its index; −1 in an empty list. */
export function nearestPlace(places: readonly number[], wanted: number): number {
  let low = 0;
  let high = places.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (places[middle] < wanted) low = middle;
    else high = middle;
  }
  if (high < 0) return -1;
  return Math.abs(places[low] - wanted) <= Math.abs(places[high] - wanted) ? low : high;
}

/** The live row under a place, or undefined where the live run has not come so far. */
export function rowAt(rows: readonly ChartRow[], place: number): ChartRow | undefined {
  let low = 0;
  let high = rows.length - 1;
  if (high < 0 || place < rows[0].first || place > rows[high].last) return undefined;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rows[middle].first <= place) low = middle;
    else high = middle - 1;
  }
  return rows[low];
}

/** The plotting area in pixels with the ranges of its axes. */
export interface PlotArea {
  left: number;
  top: number;
  width: number;
  height: number;
  x: readonly [number, number];
  y: readonly [number, number];
  /** values stand at their logarithms */
  is_log?: boolean;
}

/** From places and values to pixels. */
export function placerOf({ left, top, width, height, x, y, is_log }: PlotArea) {
  const scale = is_log ? Math.log10 : same;
  const [low, high] = y.map(scale);
  return {
    x_px: (place: number) => left + ((place - x[0]) / (x[1] - x[0])) * width,
    y_px: (value: number) => top + ((high - scale(value)) / (high - low)) * height,
  };
}

const tenth = (px: number) => Math.round(px * 10) / 10;

/** One number of the rows as the path of a line over them, '' where there is none. */
export function linePath(rows: readonly ChartRow[], key: string, area: PlotArea): string {
  const { x_px, y_px } = placerOf(area);
  const out: string[] = [];
  for (const row of rows) {
    const value = row[key];
    if (typeof value === 'number') out.push(`${tenth(x_px(row.step))} ${tenth(y_px(value))}`);
  }
  if (out.length === 1) return `M${out[0]}h0`; // a dot, as the ends of lines are round
  return out.length === 0 ? '' : `M${out.join('L')}`;
}

/** The area between the lowest and the highest of each row, to the right along the top and back along the bottom. */
export function bandPath(rows: readonly ChartRow[], key: string, area: PlotArea): string {
  const { x_px, y_px } = placerOf(area);
  const above: string[] = [];
  const below: string[] = [];
  for (const row of rows) {
    const span = row[key];
    if (!Array.isArray(span)) continue;
    const x = tenth(x_px(row.step));
    above.push(`${x} ${tenth(y_px(span[1]))}`);
    below.push(`${x} ${tenth(y_px(span[0]))}`);
  }
  return above.length === 0 ? '' : `M${[...above, ...below.reverse()].join('L')}Z`;
}

/** A curve on the page: how its path is carried there, and where its letter stands. */
export interface Placed {
  slot: number;
  path: string;
  transform: string;
  label: { x: number; y: number };
}

const LETTER_PX = 14; // letters closer than this are pushed apart
const BEHIND_PX = 4;

/** Curves as they lie on the page, with their letters behind their ends, or where they leave the plot. */
export function placeCurves(drawn: readonly { slot: number; curve: Curve }[], area: PlotArea): Placed[] {
  const { top, width, height, x, y, is_log } = area;
  const { x_px, y_px } = placerOf(area);
  const scale = is_log ? Math.log10 : same;
  const placed = drawn
    .filter(({ curve }) => curve.end >= 0)
    .map(({ slot, curve }): Placed => {
      const from_x = curve.at[0];
      const span_x = curve.at[curve.at.length - 1] - from_x || 1;
      const span_y = scale(curve.high) - scale(curve.low) || 1;
      const scale_x = ((span_x / (x[1] - x[0])) * width) / SPACE;
      const scale_y = ((span_y / (scale(y[1]) - scale(y[0]))) * height) / SPACE;
      const transform = `matrix(${scale_x} 0 0 ${scale_y} ${x_px(from_x)} ${y_px(curve.high)})`;
      let end = curve.end;
      while (end > 0 && (curve.at[end] > x[1] || Number.isNaN(curve.value[end]))) end--;
      const label = { x: x_px(curve.at[end]) + BEHIND_PX, y: y_px(curve.value[end]) };
      return { slot, path: is_log ? pathOf(curve, scale) : curve.path, transform, label };
    });
  spread(placed, top, top + height);
  return placed;
}

/** A replica's line on the page, and where its number stands. */
export interface PlacedSingle {
  slot: number;
  path: string;
  label: { x: number; y: number };
}

/** The replicas' lines of one metric, with as many numbers behind their ends as there is room for. */
export function placeSingles(
  rows: readonly ChartRow[],
  keys: readonly string[],
  area: PlotArea,
): { lines: PlacedSingle[]; labelled: PlacedSingle[] } {
  const { x_px, y_px } = placerOf(area);
  const lines = keys.flatMap((key, slot): PlacedSingle[] => {
    const end = rows.findLast((row) => typeof row[key] === 'number' && row.step <= area.x[1]);
    if (!end) return [];
    const label = { x: x_px(end.step) + BEHIND_PX, y: y_px(end[key] as number) };
    return [{ slot, path: linePath(rows, key, area), label }];
  });
  const room = Math.max(2, Math.floor(area.height / LETTER_PX));
  const by_height = [...lines].sort((a, b) => a.label.y - b.label.y);
  const step = Math.max(1, (by_height.length - 1) / (room - 1));
  const labelled: PlacedSingle[] = [];
  for (let k = 0; Math.round(k) < by_height.length; k += step) labelled.push(by_height[Math.round(k)]);
  spread(labelled, area.top, area.top + area.height);
  return { lines, labelled };
}

/** Moves letters that would lie on each other apart, up and down, inside the plot. */
function spread(placed: Pick<Placed, 'slot' | 'label'>[], top: number, bottom: number): void {
  const by_height = [...placed].sort((a, b) => a.label.y - b.label.y || a.slot - b.slot);
  by_height.forEach((one, k) => {
    for (const above of by_height.slice(0, k)) {
      if (Math.abs(above.label.x - one.label.x) > LETTER_PX) continue;
      one.label.y = Math.max(one.label.y, above.label.y + LETTER_PX);
    }
  });
  [...by_height].reverse().forEach((one, k, from_below) => {
    one.label.y = Math.min(one.label.y, bottom);
    for (const below of from_below.slice(0, k)) {
      if (Math.abs(below.label.x - one.label.x) > LETTER_PX) continue;
      one.label.y = Math.max(top, Math.min(one.label.y, below.label.y - LETTER_PX));
    }
  });
}

/** A place on the axis in words. */
export function placeText(by: CompareBy, place: number, row?: Pick<ChartRow, 'first' | 'last'>): string {
  if (by === 'seconds') return `${formatNumber(place)} s`;
  if (row && row.first !== row.last) return `steps ${formatCount(row.first)} to ${formatCount(row.last)}`;
  return `step ${formatCount(place)}`;
}

/** What is read at a place, as a sentence for a screen reader. */
export function readingText(
  by: CompareBy,
  place: number,
  /** of the live run: one value, or in a sweep a text with all */
  live: number | string | undefined,
  overlaid: readonly { overlay: Overlay; curve: Curve }[],
  letters: string,
): string {
  const say = (value: number | string | undefined, otherwise = 'not measured') =>
    typeof value === 'string' ? value : value === undefined || Number.isNaN(value) ? otherwise : formatNumber(value);
  const others = overlaid.map(
    ({ overlay, curve }) =>
      `${letters[overlay.slot]} ${overlay.name} ${say(valueAt(curve, place), hasEnded(curve, place) ? 'ended' : undefined)}`,
  );
  const said = overlaid.length > 0 ? [`this run ${say(live)}`, ...others] : [say(live)];
  return `${placeText(by, place)}: ${said.join(', ')}`;
}
