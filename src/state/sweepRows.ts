/** The rows of a sweep replica by replica, in few stretches of steps, and what is drawn and written of them. */
import type { RowBatch } from '../trainer/protocol.ts';
import { formatCount, formatNumber } from './format.ts';
import { cellsOf, cellText, type SweepPlan } from './sweep.ts';

const MOST_STRETCHES = 256;
/** Values are means over the last so many steps: one step of one replica is mostly noise. */
export const WINDOW_STEPS = 10;

interface Sums {
  sum: Float64Array;
  count: Int32Array;
}

/** Sums over stretches of rows, by metric and replica. A stretch is a power of two of rows long; its borders never move. */
export class ReplicaRows {
  num_rows = 0;
  /** rows in a stretch; the last one may have fewer */
  length = 1;
  readonly num_replicas: number;
  private readonly last_steps = new Int32Array(MOST_STRETCHES);
  private readonly sums = new Map<string, Sums>();

  constructor(num_replicas: number) {
    this.num_replicas = num_replicas;
  }

  /** How many stretches there are. */
  get count(): number {
    return Math.ceil(this.num_rows / this.length);
  }

  /** The last step of a stretch. */
  stepOf(stretch: number): number {
    return this.last_steps[stretch];
  }

  /** Adds rows that hold these metrics; rows of another number of replicas are of another run. */
  append(ids: readonly string[], { steps, values, num_metrics, num_replicas }: RowBatch): void {
    if (num_replicas !== this.num_replicas || num_metrics !== ids.length) return;
    const columns = ids.map((id) => this.sumsOf(id));
    for (let row = 0; row < steps.length; row++) {
      if (this.num_rows >= this.length * MOST_STRETCHES) this.join();
      const stretch = Math.floor(this.num_rows / this.length);
      this.last_steps[stretch] = steps[row];
      for (let replica = 0; replica < num_replicas; replica++) {
        for (let m = 0; m < num_metrics; m++) {
          const value = values[(row * num_replicas + replica) * num_metrics + m];
          if (!Number.isFinite(value)) continue;
          columns[m].sum[replica * MOST_STRETCHES + stretch] += value;
          columns[m].count[replica * MOST_STRETCHES + stretch]++;
        }
      }
      this.num_rows++;
    }
  }

  /** Mean of a replica over the last steps up to the end of a stretch; NaN where nothing was measured in them. */
  at(id: string, replica: number, stretch: number): number {
    const sums = this.sums.get(id);
    if (!sums) return Number.NaN;
    const width = Math.max(1, Math.ceil(WINDOW_STEPS / this.length));
    let sum = 0;
    let count = 0;
    for (let s = Math.max(0, stretch - width + 1); s <= stretch; s++) {
      sum += sums.sum[replica * MOST_STRETCHES + s];
      count += sums.count[replica * MOST_STRETCHES + s];
    }
    return count === 0 ? Number.NaN : sum / count;
  }

  /** The first step of the window that ends with a stretch. */
  windowStart(stretch: number): number {
    const before = stretch - Math.max(1, Math.ceil(WINDOW_STEPS / this.length));
    return before < 0 ? 0 : this.last_steps[before] + 1;
  }

  private sumsOf(id: string): Sums {
    let sums = this.sums.get(id);
    if (!sums) {
      const size = this.num_replicas * MOST_STRETCHES;
      sums = { sum: new Float64Array(size), count: new Int32Array(size) };
      this.sums.set(id, sums);
    }
    return sums;
  }

  private join(): void {
    const half = MOST_STRETCHES / 2;
    const fold = (array: Float64Array | Int32Array, from: number) => {
      for (let s = 0; s < half; s++) array[from + s] = array[from + 2 * s] + array[from + 2 * s + 1];
      array.fill(0, from + half, from + MOST_STRETCHES);
    };
    for (const { sum, count } of this.sums.values()) {
      for (let replica = 0; replica < this.num_replicas; replica++) {
        fold(sum, replica * MOST_STRETCHES);
        fold(count, replica * MOST_STRETCHES);
      }
    }
    for (let s = 0; s < half; s++) this.last_steps[s] = this.last_steps[2 * s + 1];
    this.length *= 2;
  }
}

/** A metric of one combination of values: mean over its replicas, lowest and highest of them. NaN: not measured. */
export interface CellValue {
  mean: number;
  low: number;
  high: number;
}

function cellAt(rows: ReplicaRows, id: string, cell: number, num_cells: number, stretch: number): CellValue {
  let sum = 0;
  let count = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let replica = cell; replica < rows.num_replicas; replica += num_cells) {
    const value = rows.at(id, replica, stretch);
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (count === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  return { mean: sum / count, low, high };
}

/** A metric over the steps, for one combination of values; only where it was measured. */
export interface CellCurve {
  steps: number[];
  mean: number[];
  low: number[];
  high: number[];
}

/** The curves of a metric, one for each combination. */
export function cellCurves(rows: ReplicaRows, plan: SweepPlan, id: string): CellCurve[] {
  const num_cells = cellsOf(plan).length;
  return Array.from({ length: num_cells }, (_, cell) => {
    const curve: CellCurve = { steps: [], mean: [], low: [], high: [] };
    for (let stretch = 0; stretch < rows.count; stretch++) {
      const { mean, low, high } = cellAt(rows, id, cell, num_cells, stretch);
      if (Number.isNaN(mean)) continue;
      curve.steps.push(rows.stepOf(stretch));
      curve.mean.push(mean);
      curve.low.push(low);
      curve.high.push(high);
    }
    return curve;
  });
}

/** What each combination has at the end of a stretch: its latest measurement up to there. */
export function cellValues(rows: ReplicaRows, plan: SweepPlan, id: string, stretch: number): CellValue[] {
  const num_cells = cellsOf(plan).length;
  return Array.from({ length: num_cells }, (_, cell) => {
    for (let s = Math.min(stretch, rows.count - 1); s >= 0; s--) {
      const value = cellAt(rows, id, cell, num_cells, s);
      if (!Number.isNaN(value.mean)) return value;
    }
    return { mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  });
}

/** The combinations with the highest and the lowest value, by index; undefined before anything was measured. */
export function extremes(values: readonly CellValue[]): { best: number; worst: number } | undefined {
  const known = values.map(({ mean }, cell) => ({ mean, cell })).filter(({ mean }) => Number.isFinite(mean));
  if (known.length === 0) return undefined;
  const by_value = [...known].sort((a, b) => a.mean - b.mean);
  return { best: by_value.at(-1)!.cell, worst: by_value[0].cell };
}

/** From which step to which a value is a mean. */
export const windowText = (rows: ReplicaRows, stretch: number): string => {
  const first = rows.windowStart(stretch);
  const last = rows.stepOf(stretch);
  return first === last ? `step ${formatCount(last)}` : `steps ${formatCount(first)} to ${formatCount(last)}`;
};

/** A sweep in one sentence. */
export function sweepSentence(plan: SweepPlan, label: string, values: readonly CellValue[], when: string): string {
  const found = extremes(values);
  if (!found) return `${label} has not been measured yet.`;
  const cells = cellsOf(plan);
  const said = (cell: number) => `${formatNumber(values[cell].mean)} at ${cellText(plan, cells[cell])}`;
  return `${label}, ${when}: highest ${said(found.best)}; lowest ${said(found.worst)}.`;
}

/** Labels behind the ends of curves: moved apart so that none lies on another, between two borders. */
export function spreadLabels(places: readonly number[], room: number, top: number, bottom: number): number[] {
  const order = places.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y || a.index - b.index);
  let above = Number.NEGATIVE_INFINITY;
  for (const label of order) {
    label.y = Math.max(label.y, above + room, top);
    above = label.y;
  }
  let below = Number.POSITIVE_INFINITY;
  for (const label of order.reverse()) {
    label.y = Math.min(label.y, below - room, bottom);
    below = label.y;
  }
  const out = [...places];
  for (const { y, index } of order) out[index] = y;
  return out;
}
