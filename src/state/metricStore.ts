/** Every measured row of a run in growing typed arrays, and the rows worth drawing among them. */
import type { RowBatch } from '../trainer/protocol.ts';

/** One metric over all rows: over the replicas its mean, lowest and highest. NaN where it was not measured. */
export interface Column {
  mean: Float32Array;
  low: Float32Array;
  high: Float32Array;
}

/** The last measured value of a metric. */
export interface Latest {
  step: number;
  mean: number;
  low: number;
  high: number;
}

const FIRST_CAPACITY = 1024;
const NUM_BUCKETS = 80; // two rows each for lowest and highest, of up to three metrics: about 400 points in all

function grown<A extends Float32Array | Float64Array | Int32Array>(old: A, capacity: number, fill = 0): A {
  const next = new (old.constructor as new (n: number) => A)(capacity);
  if (fill !== 0) next.fill(fill);
  next.set(old);
  return next;
}

/**
 * The lowest and highest row of each bucket of rows, kept up as rows are appended. A bucket holds a power of two of
 * rows and starts at a multiple of it, so that no point of the curve moves when rows arrive; when the buckets run
 * out, neighbours are merged. An append costs a comparison per row, whatever the length of the run.
 */
export class Extremes {
  private size = 1;
  private done = 0;
  private readonly lowest = new Int32Array(NUM_BUCKETS).fill(-1);
  private readonly highest = new Int32Array(NUM_BUCKETS).fill(-1);

  /** Looks at the rows that were appended since the last call. */
  extend(column: Column, num_rows: number): void {
    for (let row = this.done; row < num_rows; row++) {
      if (row >= this.size * NUM_BUCKETS) this.merge(column);
      if (Number.isNaN(column.mean[row])) continue;
      const b = Math.floor(row / this.size);
      this.lowest[b] = this.lower(column, this.lowest[b], row);
      this.highest[b] = this.higher(column, this.highest[b], row);
    }
    this.done = num_rows;
  }

  /** Marks the rows to draw. */
  collect(into: Set<number>): void {
    for (let b = 0; b < NUM_BUCKETS; b++) {
      if (this.lowest[b] >= 0) into.add(this.lowest[b]).add(this.highest[b]);
    }
  }

  private lower(column: Column, a: number, b: number): number {
    if (a < 0 || b < 0) return Math.max(a, b);
    return column.low[b] < column.low[a] ? b : a;
  }

  private higher(column: Column, a: number, b: number): number {
    if (a < 0 || b < 0) return Math.max(a, b);
    return column.high[b] > column.high[a] ? b : a;
  }

  private merge(column: Column): void {
    const half = NUM_BUCKETS / 2;
    for (let b = 0; b < half; b++) {
      this.lowest[b] = this.lower(column, this.lowest[2 * b], this.lowest[2 * b + 1]);
      this.highest[b] = this.higher(column, this.highest[2 * b], this.highest[2 * b + 1]);
    }
    this.lowest.fill(-1, half);
    this.highest.fill(-1, half);
    this.size *= 2;
  }
}

/** Append-only rows of one run. A swap of parts may change the metrics: columns are kept by id. */
export class MetricStore {
  num_rows = 0;
  num_replicas = 1;
  steps = new Int32Array(FIRST_CAPACITY);
  seconds = new Float64Array(FIRST_CAPACITY);
  private ids: readonly string[] = [];
  private readonly columns = new Map<string, Column>();
  private readonly extremes = new Map<string, Extremes>();

  /** Empties the store for a new run. */
  clear(): void {
    this.num_rows = 0;
    this.num_replicas = 1;
    this.columns.clear();
    this.extremes.clear();
    this.setMetrics(this.ids);
  }

  /** Says which metrics the next rows hold, in order. Earlier rows of a new metric count as not measured. */
  setMetrics(ids: readonly string[]): void {
    this.ids = [...ids];
    for (const id of ids) if (!this.columns.has(id)) this.columns.set(id, this.makeColumn());
  }

  /** Number of metrics in a row. */
  get num_metrics(): number {
    return this.ids.length;
  }

  /** One metric's values, of which the first `num_rows` count. */
  column(id: string): Column | undefined {
    return this.columns.get(id);
  }

  /** Adds rows; throws when they do not have the announced metrics. */
  append(batch: RowBatch): void {
    if (batch.num_metrics !== this.ids.length) {
      throw new Error(`A batch of rows has ${batch.num_metrics} metrics; wanted ${this.ids.length}.`);
    }
    const added = batch.steps.length;
    if (added === 0) return;
    if (batch.num_replicas > 1 && this.num_replicas === 1) this.splitColumns(batch.num_replicas);
    this.reserve(this.num_rows + added);
    this.steps.set(batch.steps, this.num_rows);
    this.seconds.set(batch.seconds, this.num_rows);
    for (const [m, id] of this.ids.entries()) this.appendColumn(this.columns.get(id)!, batch, m);
    this.num_rows += added;
  }

  /** The last measured value of a metric. */
  latest(id: string): Latest | undefined {
    const column = this.columns.get(id);
    if (!column) return undefined;
    for (let row = this.num_rows - 1; row >= 0; row--) {
      if (!Number.isNaN(column.mean[row])) return this.at(column, row);
    }
    return undefined;
  }

  /** The first measured value of a metric. */
  first(id: string): Latest | undefined {
    const column = this.columns.get(id);
    if (!column) return undefined;
    for (let row = 0; row < this.num_rows; row++) {
      if (!Number.isNaN(column.mean[row])) return this.at(column, row);
    }
    return undefined;
  }

  /**
   * Rows to draw for some metrics, in order: about 400 however long the run is, each a row that was measured, among
   * them the lowest and the highest of every stretch, the first and the last.
   */
  rowsToDraw(ids: readonly string[]): number[] {
    const rows = new Set<number>();
    if (this.num_rows > 0) rows.add(0).add(this.num_rows - 1);
    for (const id of ids) {
      const column = this.columns.get(id);
      if (!column) continue;
      let extremes = this.extremes.get(id);
      if (!extremes) {
        extremes = new Extremes();
        this.extremes.set(id, extremes);
      }
      extremes.extend(column, this.num_rows);
      extremes.collect(rows);
    }
    return [...rows].sort((a, b) => a - b);
  }

  private at(column: Column, row: number): Latest {
    return { step: this.steps[row], mean: column.mean[row], low: column.low[row], high: column.high[row] };
  }

  private makeColumn(): Column {
    const make = () => new Float32Array(this.steps.length).fill(Number.NaN);
    const mean = make();
    return this.num_replicas > 1 ? { mean, low: make(), high: make() } : { mean, low: mean, high: mean };
  }

  /** With one replica lowest, highest and mean are one array; from now on they are three. */
  private splitColumns(num_replicas: number): void {
    this.num_replicas = num_replicas;
    for (const [id, { mean }] of this.columns) {
      this.columns.set(id, { mean, low: mean.slice(), high: mean.slice() });
    }
  }

  private reserve(num_rows: number): void {
    if (num_rows <= this.steps.length) return;
    const capacity = 2 ** Math.ceil(Math.log2(num_rows));
    this.steps = grown(this.steps, capacity);
    this.seconds = grown(this.seconds, capacity);
    for (const [id, old] of this.columns) {
      const mean = grown(old.mean, capacity, Number.NaN);
      const shared = old.low === old.mean;
      const low = shared ? mean : grown(old.low, capacity, Number.NaN);
      const high = shared ? mean : grown(old.high, capacity, Number.NaN);
      this.columns.set(id, { mean, low, high });
    }
  }

  private appendColumn(column: Column, batch: RowBatch, metric: number): void {
    const { num_metrics, num_replicas, values } = batch;
    for (let row = 0; row < batch.steps.length; row++) {
      let sum = 0;
      let count = 0;
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let replica = 0; replica < num_replicas; replica++) {
        const value = values[(row * num_replicas + replica) * num_metrics + metric];
        if (Number.isNaN(value)) continue;
        sum += value;
        count++;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      if (count === 0) continue; // stays NaN
      const at = this.num_rows + row;
      column.mean[at] = sum / count;
      column.low[at] = low;
      column.high[at] = high;
    }
  }
}
