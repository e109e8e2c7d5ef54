/** What the charts draw: plain rows of the metrics they show. */
import type { RunState } from './runStore.ts';

/** One step on a chart. A metric's value is under its id, its span over the replicas under `<id>_span`. */
export interface ChartRow {
  step: number;
  [key: string]: number | [number, number] | null;
}

/** Key of a metric's span in a `ChartRow`. */
export const spanKey = (id: string): string => `${id}_span`;

/** The rows worth drawing for some metrics: about 400 however long the run is, every one of them measured. */
export function chartRows({ metrics }: Pick<RunState, 'metrics'>, ids: readonly string[]): ChartRow[] {
  const columns = ids.map((id) => ({ id, column: metrics.column(id) }));
  return metrics.rowsToDraw(ids).map((at) => {
    const row: ChartRow = { step: metrics.steps[at] };
    for (const { id, column } of columns) {
      const mean = column?.mean[at] ?? Number.NaN;
      row[id] = Number.isFinite(mean) ? mean : null;
      if (column && metrics.num_replicas > 1 && Number.isFinite(mean)) {
        row[spanKey(id)] = [column.low[at], column.high[at]];
      }
    }
    return row;
  });
}

/** The row nearest to a step, by its place in the list; −1 in an empty list. */
export function nearestRow(rows: readonly ChartRow[], step: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (rows[middle].step < step) low = middle;
    else high = middle;
  }
  if (high < 0) return -1;
  return Math.abs(rows[low].step - step) <= Math.abs(rows[high].step - step) ? low : high;
}

/** The step under a place on the horizontal axis, given as a share of its length. */
export function stepAt(rows: readonly ChartRow[], share: number): number {
  if (rows.length === 0) return 0;
  const first = rows[0].step;
  return first + Math.min(1, Math.max(0, share)) * (rows[rows.length - 1].step - first);
}
