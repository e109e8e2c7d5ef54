/** What the charts draw: plain rows of the metrics they show, of the whole run or of a window in it. */
import { type Column, DRAWN_STRETCHES, type MetricStore, Stretches } from './metricStore.ts';
import type { RunState } from './runStore.ts';
import type { CompareBy } from './runs.ts';

/**
 * A stretch of steps on a chart, standing at its middle; on a chart over time, a stretch of seconds. A metric's mean is
 * under its id; under `<id>_span` its lowest and highest over the steps and replicas, where there are several; under
 * `<id>_smooth` its running mean; under `<id>_single<n>` the mean of one replica.
 */
export interface ChartRow {
  step: number;
  first: number;
  last: number;
  [key: string]: number | [number, number] | null;
}

/** Key of a metric's span in a `ChartRow`. */
export const spanKey = (id: string): string => `${id}_span`;
/** Key of a metric's running mean. */
export const smoothKey = (id: string): string => `${id}_smooth`;
/** Key of one replica's line, smoothed where the mean is. */
export const singleKey = (id: string, replica: number): string => `${id}_single${replica}`;

/** From where to where on the axis. */
export interface Span {
  first: number;
  last: number;
}

/** How the rows are drawn. */
export interface DrawnAs {
  by?: CompareBy;
  /** only these places */
  window?: Span;
  /** the running mean is over at least so many steps; 0 or 1 for none */
  smoothing?: number;
  /** every replica for itself too */
  has_singles?: boolean;
}

/** The rows of a chart with what one has to know to read them. */
export interface Drawn {
  rows: ChartRow[];
  /** steps that a point stands for; the last one may stand for fewer */
  steps_per_point: number;
  /** steps that the running mean reaches back, 0 where there is none or a point is already a mean over as many */
  smooth: number;
  /** replicas with a line of their own */
  num_singles: number;
}

/** Some rows of the store, and how many of them are a point. */
interface Plan {
  /** the row at which the first point begins */
  from: number;
  /** rows in a point; undefined: of the whole run, as many as it takes */
  length: number | undefined;
  /** the row behind the last point */
  end: number;
}

interface Kept {
  generation: number;
  length: number | undefined;
  stretches: Stretches;
}
const kept = new WeakMap<MetricStore, Map<string, Kept>>();

/** A column in the stretches of a plan. They are made once and then extended, so that a redraw costs only the new rows. */
function stretchesOf(metrics: MetricStore, name: string, column: Column, { from, length, end }: Plan): Stretches {
  let of_store = kept.get(metrics);
  if (!of_store) {
    of_store = new Map();
    kept.set(metrics, of_store);
  }
  let found = of_store.get(name);
  const { generation } = metrics;
  if (!found || found.generation !== generation || found.length !== length || found.stretches.from !== from) {
    const most =
      length === undefined ? DRAWN_STRETCHES : 2 * Math.ceil((end - from) / length / 2) + 2 * DRAWN_STRETCHES;
    found = { generation, length, stretches: new Stretches(most, from, length) };
    of_store.set(name, found);
  }
  found.stretches.extend(column, end);
  return found.stretches;
}

/** The first row whose place is not below another. */
function rowFrom(places: Int32Array | Float64Array, num_rows: number, place: number): number {
  let low = 0;
  let high = num_rows;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle] < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Which rows a window needs: those inside, one point on either side, and what a running mean looks back on. */
function planOf(metrics: MetricStore, places: Int32Array | Float64Array, window: Span | undefined, back: number): Plan {
  const { num_rows } = metrics;
  if (!window) return { from: 0, length: undefined, end: num_rows };
  const begin = rowFrom(places, num_rows, window.first);
  const end = rowFrom(places, num_rows, window.last);
  const length = 2 ** Math.max(0, Math.ceil(Math.log2((end - begin) / DRAWN_STRETCHES)));
  const down = (row: number) => Math.max(0, Math.floor(row / length)) * length;
  // stretches begin at multiples of their length, so that a point stays where it is while the window moves
  return { from: down(begin - length - back), length, end: Math.min(num_rows, down(end) + 2 * length) };
}

/** The mean over each stretch and the `reach − 1` before it, as far as there are so many; NaN where none was measured. */
function runningMeans(stretches: Stretches, count: number, reach: number): Float64Array {
  const out = new Float64Array(count);
  let sum = 0;
  let measured = 0;
  const take = (s: number, sign: 1 | -1) => {
    const total = stretches.total(s);
    if (!Number.isFinite(total.sum)) return;
    sum += sign * total.sum;
    measured += sign * total.count;
  };
  for (let s = 0; s < count; s++) {
    take(s, 1);
    if (s >= reach) take(s - reach, -1);
    out[s] = measured > 0 && stretches.total(s).count > 0 ? sum / measured : Number.NaN;
  }
  return out;
}

const drawable = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** What is drawn of some metrics: some 256 rows, however long the run is and however narrow the window. */
export function drawnRows({ metrics }: Pick<RunState, 'metrics'>, ids: readonly string[], as: DrawnAs = {}): Drawn {
  const { by = 'step', window, smoothing = 0, has_singles = false } = as;
  const places = by === 'step' ? metrics.steps : metrics.seconds;
  const plan = planOf(metrics, places, window, smoothing);
  const known = ids.flatMap((id) => {
    const column = metrics.column(id);
    return column ? [{ id, column }] : [];
  });
  const lines = known.map(({ id, column }) => {
    const mean = window ? stretchesOf(metrics, id, column, plan) : metrics.stretchesOf(id)!;
    const singles = (has_singles ? (metrics.singlesOf(id) ?? []) : []).map((values, replica) =>
      stretchesOf(metrics, singleKey(id, replica), { mean: values, low: values, high: values }, plan),
    );
    return { id, mean, singles };
  });
  const length = plan.length ?? lines[0]?.mean.length ?? 1;
  const count = Math.max(0, Math.ceil((plan.end - plan.from) / length));
  const reach = Math.ceil(smoothing / length);
  const is_smooth = reach > 1;
  const means = lines.map(({ mean, singles }) => ({
    smooth: is_smooth ? runningMeans(mean, count, reach) : undefined,
    singles: singles.map((single) => runningMeans(single, count, Math.max(1, reach))),
  }));
  const rows: ChartRow[] = [];
  for (let s = 0; s < count; s++) {
    const from = plan.from + s * length;
    const first = places[from];
    const last = places[Math.min(from + length, metrics.num_rows) - 1];
    if (window && (s + 1 < count ? places[from + length] : last) < window.first) continue; // only looked back on
    const row: ChartRow = { step: (first + last) / 2, first, last };
    lines.forEach(({ id, mean }, k) => {
      const at = mean.at(s);
      row[id] = drawable(at.mean);
      if (row[id] !== null && at.high > at.low) row[spanKey(id)] = [at.low, at.high];
      const { smooth, singles } = means[k];
      if (smooth) row[smoothKey(id)] = drawable(smooth[s]);
      for (let r = 0; r < singles.length; r++) row[singleKey(id, r)] = drawable(singles[r][s]);
    });
    rows.push(row);
  }
  for (const id of ids) if (metrics.column(id) === undefined) for (const row of rows) row[id] = null;
  const num_singles = Math.max(0, ...lines.map(({ singles }) => singles.length));
  return { rows, steps_per_point: length, smooth: is_smooth ? reach * length : 0, num_singles };
}

/** The mean of some replicas' own lines in a row; undefined where none was measured. */
export function meanOfSingles(row: ChartRow | undefined, id: string, replicas: readonly number[]): number | undefined {
  const values = replicas.map((replica) => row?.[singleKey(id, replica)]).filter((v) => typeof v === 'number');
  return values.length === 0 ? undefined : values.reduce((sum, v) => sum + v, 0) / values.length;
}

/** The same in the last row where any of them was measured. */
export function latestOfSingles(
  rows: readonly ChartRow[],
  id: string,
  replicas: readonly number[],
): number | undefined {
  const has = (row: ChartRow) => meanOfSingles(row, id, replicas) !== undefined;
  return meanOfSingles(rows.findLast(has), id, replicas);
}

/** The rows of the whole run over the steps. */
export const chartRows = (state: Pick<RunState, 'metrics'>, ids: readonly string[]): ChartRow[] =>
  drawnRows(state, ids).rows;

/** The second of the run at which a step was taken: where a mark stands on a chart over time. */
export function secondOf({ metrics }: Pick<RunState, 'metrics'>, step: number): number {
  if (metrics.num_rows === 0) return 0;
  return metrics.seconds[Math.min(rowFrom(metrics.steps, metrics.num_rows, step), metrics.num_rows - 1)];
}

/** In how many of the rows a metric was measured. */
export const numMeasured = (rows: readonly ChartRow[], id: string): number =>
  rows.reduce((count, row) => count + (row[id] === null || row[id] === undefined ? 0 : 1), 0);
