/** What the charts draw: plain rows of the metrics they show. */
import type { RunState } from './runStore.ts';

/**
 * A stretch of steps on a chart, standing at its middle; on a chart over time, a stretch of seconds. A metric's mean is under its id; under `<id>_span` its lowest
 * and highest over the steps and replicas, where there are several.
 */
export interface ChartRow {
  step: number;
  first: number;
  last: number;
  [key: string]: number | [number, number] | null;
}

/** Key of a metric's span in a `ChartRow`. */
export const spanKey = (id: string): string => `${id}_span`;

/** What is drawn of some metrics: at most 256 rows however long the run is. */
export function chartRows({ metrics }: Pick<RunState, 'metrics'>, ids: readonly string[]): ChartRow[] {
  const all = ids.map((id) => ({ id, stretches: metrics.stretchesOf(id) }));
  const length = all.find((one) => one.stretches)?.stretches?.length ?? 1;
  const rows: ChartRow[] = [];
  for (let from = 0; from < metrics.num_rows; from += length) {
    const first = metrics.steps[from];
    const last = metrics.steps[Math.min(from + length, metrics.num_rows) - 1];
    const row: ChartRow = { step: (first + last) / 2, first, last };
    for (const { id, stretches } of all) {
      const at = stretches?.at(from / length);
      const is_drawn = at !== undefined && Number.isFinite(at.mean);
      row[id] = is_drawn ? at.mean : null;
      if (is_drawn && at.high > at.low) row[spanKey(id)] = [at.low, at.high];
    }
    rows.push(row);
  }
  return rows;
}

/** The same rows over the seconds that the run has been going: each stands between the ends of its stretch. */
export function rowsBySeconds({ metrics }: Pick<RunState, 'metrics'>, rows: readonly ChartRow[]): ChartRow[] {
  let row = 0;
  return rows.map((stretch) => {
    const from = row;
    while (row + 1 < metrics.num_rows && metrics.steps[row] < stretch.last) row++;
    const first = metrics.seconds[from];
    const last = metrics.seconds[row];
    row = Math.min(row + 1, metrics.num_rows - 1);
    return { ...stretch, step: (first + last) / 2, first, last };
  });
}

/** The second of the run at which a step was taken: where a mark stands on a chart over time. */
export function secondOf({ metrics }: Pick<RunState, 'metrics'>, step: number): number {
  let low = 0;
  let high = metrics.num_rows - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (metrics.steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return high < 0 ? 0 : metrics.seconds[low];
}

/** How many steps a point stands for; the last one may stand for fewer. */
export const stepsPerPoint = (rows: readonly ChartRow[]): number => (rows[0] ? rows[0].last - rows[0].first + 1 : 1);

/** In how many of the rows a metric was measured. */
export const numMeasured = (rows: readonly ChartRow[], id: string): number =>
  rows.reduce((count, row) => count + (row[id] === null || row[id] === undefined ? 0 : 1), 0);
