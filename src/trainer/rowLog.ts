/** The rows of a run by metric, as a bundle holds them, and the comparison of two such logs. */
import type { CheckpointRows } from './checkpointFile.ts';
import type { Row } from './run.ts';

const FIRST_ROWS = 256;

/** Append-only rows of a run with every replica; an edit may change the metrics. */
export class RowLog {
  private readonly steps: number[] = [];
  private readonly seconds: number[] = [];
  private readonly columns = new Map<string, Float32Array>();

  constructor(private readonly replicas: number) {}

  /** Adds a row; `ids` are the metrics of its columns. */
  add(row: Row, ids: readonly string[], seconds: number): void {
    const at = this.steps.push(row.step) - 1;
    this.seconds.push(seconds);
    for (const [m, id] of ids.entries()) {
      const column = this.columnOf(id, at);
      for (let r = 0; r < this.replicas; r++) column[at * this.replicas + r] = row.values[r * ids.length + m];
    }
  }

  /** All rows so far. */
  rows(): CheckpointRows {
    const columns = new Map<string, Float32Array>();
    const last = this.steps.length - 1;
    for (const id of this.columns.keys())
      columns.set(id, this.columnOf(id, last).slice(0, this.steps.length * this.replicas));
    const { steps, seconds } = this;
    return { steps: Uint32Array.from(steps), seconds: Float64Array.from(seconds), kind: 'replicas', columns };
  }

  /** The column of a metric, long enough for a row; what was not measured is NaN. */
  private columnOf(id: string, row: number): Float32Array {
    const old = this.columns.get(id);
    const wanted = (row + 1) * this.replicas;
    if (old && old.length >= wanted) return old;
    const grown = new Float32Array(Math.max(FIRST_ROWS * this.replicas, 2 * wanted)).fill(Number.NaN);
    if (old) grown.set(old);
    this.columns.set(id, grown);
    return grown;
  }
}

/** How the numbers of a file and those computed here compare. */
export interface Comparison {
  num_compared: number;
  num_different: number;
  /** the largest difference, relative to the metric's largest size in the run; a number that only one side measured counts as infinite */
  worst?: { metric: string; step: number; relative: number; file: number; here: number };
}

/** Mean, lowest and highest of the replicas that measured something, as the page keeps them of long runs. */
function summary(values: Float32Array): Float32Array {
  const measured = values.filter((value) => !Number.isNaN(value));
  if (measured.length === 0) return new Float32Array(3).fill(Number.NaN);
  const sum = measured.reduce((total, value) => total + value, 0);
  return Float32Array.of(sum / measured.length, Math.min(...measured), Math.max(...measured));
}

/** The largest size among numbers; those that were not measured or are not finite do not count. */
const largestOf = (values: Float32Array): number =>
  values.reduce(
    (most, value) => (Math.abs(value) < Number.POSITIVE_INFINITY ? Math.max(most, Math.abs(value)) : most),
    0,
  );

/** Compares every number of a file with the rows of the same steps computed here; both runs have so many replicas. */
export function compareRows(file: CheckpointRows, here: CheckpointRows, replicas: number): Comparison {
  const placeOf = new Map(Array.from(here.steps, (step, row) => [step, row]));
  const out: Comparison = { num_compared: 0, num_different: 0 };
  const width = file.kind === 'replicas' ? replicas : 3;
  for (const [metric, column] of file.columns) {
    const size = Math.max(largestOf(column), largestOf(here.columns.get(metric) ?? new Float32Array()));
    for (const [row, step] of file.steps.entries()) {
      const place = placeOf.get(step);
      const found = here.columns.get(metric);
      const single =
        found && place !== undefined
          ? found.subarray(place * replicas, (place + 1) * replicas)
          : new Float32Array(replicas).fill(Number.NaN);
      const computed = file.kind === 'replicas' ? single : summary(single);
      for (let k = 0; k < width; k++) {
        const [a, b] = [column[row * width + k], computed[k]];
        out.num_compared++;
        if (Object.is(a, b)) continue;
        out.num_different++;
        const distance = Math.abs(a - b) / Math.max(size, Number.MIN_VALUE);
        const relative = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
        if (relative > (out.worst?.relative ?? -1)) out.worst = { metric, step, relative, file: a, here: b };
      }
    }
  }
  return out;
}
