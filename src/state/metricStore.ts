/** Every measured row of a run in growing typed arrays, and the few points that a chart draws of them. */
import type { RowBatch } from '../trainer/protocol.ts';
import { SingleRows } from './singleRows.ts';

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
/** Points of a curve: of each metric lowest and highest are drawn, about 400 points per series. */
export const DRAWN_STRETCHES = 256;

function grown<A extends Float32Array | Float64Array | Int32Array>(old: A, capacity: number, fill = 0): A {
  const next = new (old.constructor as new (n: number) => A)(capacity);
  if (fill !== 0) next.fill(fill);
  next.set(old);
  return next;
}

/** Some rows in a row, as one point of a chart. NaN where nothing was measured. */
export interface Stretch {
  mean: number;
  low: number;
  high: number;
}

/**
 * Mean, lowest and highest of each stretch of rows, kept up as rows are appended. A stretch is a power of two of rows
 * long and starts at a multiple of it, so that no point of the curve moves when rows arrive; when there are too many,
 * neighbours are joined. An append costs a few operations per row, whatever the length of the run.
 */
export class Stretches {
  /** rows in a stretch; the last one may have fewer */
  length: number;
  /** the row at which the first stretch begins */
  readonly from: number;
  private done: number;
  private readonly most: number;
  private readonly sum: Float64Array;
  private readonly count: Int32Array;
  private readonly low: Float32Array;
  private readonly high: Float32Array;

  /** At most `most` stretches, an even number, of at least `length` rows, from a row on. */
  constructor(most = DRAWN_STRETCHES, from = 0, length = 1) {
    this.most = most;
    this.from = from;
    this.done = from;
    this.length = length;
    this.sum = new Float64Array(most);
    this.count = new Int32Array(most);
    this.low = new Float32Array(most).fill(Number.POSITIVE_INFINITY);
    this.high = new Float32Array(most).fill(Number.NEGATIVE_INFINITY);
  }

  /** Looks at the rows that were appended since the last call. */
  extend(column: Column, num_rows: number): void {
    for (let row = this.done; row < num_rows; row++) {
      if (row - this.from >= this.length * this.most) this.join();
      if (Number.isNaN(column.mean[row])) continue;
      const s = Math.floor((row - this.from) / this.length);
      this.sum[s] += column.mean[row];
      this.count[s]++;
      this.low[s] = Math.min(this.low[s], column.low[row]);
      this.high[s] = Math.max(this.high[s], column.high[row]);
    }
    this.done = Math.max(this.done, num_rows);
  }

  /** The sum and the number of what was measured in a stretch. */
  total(s: number): { sum: number; count: number } {
    return { sum: this.sum[s], count: this.count[s] };
  }

  /** One stretch. */
  at(s: number): Stretch {
    if (this.count[s] === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN };
    return { mean: this.sum[s] / this.count[s], low: this.low[s], high: this.high[s] };
  }

  private join(): void {
    const half = this.most / 2;
    for (let s = 0; s < half; s++) {
      this.sum[s] = this.sum[2 * s] + this.sum[2 * s + 1];
      this.count[s] = this.count[2 * s] + this.count[2 * s + 1];
      this.low[s] = Math.min(this.low[2 * s], this.low[2 * s + 1]);
      this.high[s] = Math.max(this.high[2 * s], this.high[2 * s + 1]);
    }
    this.sum.fill(0, half);
    this.count.fill(0, half);
    this.low.fill(Number.POSITIVE_INFINITY, half);
    this.high.fill(Number.NEGATIVE_INFINITY, half);
    this.length *= 2;
  }
}

/** The rows of a moment. Rows that are appended later, and a store that is emptied, leave them as they are. */
export interface RowsSoFar {
  num_rows: number;
  num_replicas: number;
  steps: Int32Array;
  seconds: Float64Array;
  columns: ReadonlyMap<string, Column>;
}

/** Append-only rows of one run. A swap of parts may change the metrics: columns are kept by id. */
export class MetricStore {
  num_rows = 0;
  num_replicas = 1;
  /** grows whenever the store is emptied: rows of another generation are rows of another run */
  generation = 0;
  steps = new Int32Array(FIRST_CAPACITY);
  seconds = new Float64Array(FIRST_CAPACITY);
  private ids: readonly string[] = [];
  private columns = new Map<string, Column>();
  private readonly stretches = new Map<string, Stretches>();
  /** every replica by itself in all metrics, as long as that is little: for files */
  readonly every = new SingleRows();
  /** ids of the metrics of which every replica is kept, not only their mean, lowest and highest */
  private watched: readonly string[] = [];
  private singles = new Map<string, Float32Array[]>();

  /** Keeps every replica's own values of these metrics, and of no others; those of earlier rows where they are still known. */
  watch(ids: readonly string[]): void {
    this.watched = [...ids];
    for (const id of this.singles.keys()) if (!ids.includes(id)) this.singles.delete(id);
    for (const id of ids) if (!this.singles.has(id)) this.recallSingles(id);
  }

  /** A metric's values replica by replica, NaN before it was watched; undefined where there are none. */
  singlesOf(id: string): readonly Float32Array[] | undefined {
    return this.singles.get(id);
  }

  /** Empties the store for a new run. */
  clear(): void {
    this.num_rows = 0;
    this.num_replicas = 1;
    this.generation++;
    this.steps = new Int32Array(FIRST_CAPACITY); // whoever kept the former rows goes on reading them
    this.seconds = new Float64Array(FIRST_CAPACITY);
    this.columns = new Map();
    this.singles = new Map();
    this.stretches.clear();
    this.every.clear();
    this.setMetrics(this.ids);
  }

  /** The rows so far, without copying one. */
  soFar(): RowsSoFar {
    const { num_rows, num_replicas, steps, seconds } = this;
    return { num_rows, num_replicas, steps, seconds, columns: new Map(this.columns) };
  }

  /** Takes the rows of a run of which only mean, lowest and highest of the replicas are left, in place of its own. */
  fill({ num_rows, num_replicas, steps, seconds, columns }: RowsSoFar): void {
    this.clear();
    this.num_rows = num_rows;
    this.num_replicas = num_replicas;
    this.steps = steps.slice();
    this.seconds = seconds.slice();
    this.columns = new Map(columns);
    this.every.giveUp();
    this.setMetrics([...columns.keys()]);
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
    if (batch.num_replicas > 1) this.every.append(this.ids, batch);
    this.reserve(this.num_rows + added);
    this.steps.set(batch.steps, this.num_rows);
    this.seconds.set(batch.seconds, this.num_rows);
    for (const [m, id] of this.ids.entries()) {
      this.appendColumn(this.columns.get(id)!, batch, m);
      if (batch.num_replicas > 1 && this.watched.includes(id)) this.appendSingles(id, batch, m);
    }
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

  /** The rows so far in at most 256 stretches, the same for every metric. */
  stretchesOf(id: string): Stretches | undefined {
    const column = this.columns.get(id);
    if (!column) return undefined;
    let stretches = this.stretches.get(id);
    if (!stretches) {
      stretches = new Stretches();
      this.stretches.set(id, stretches);
    }
    stretches.extend(column, this.num_rows);
    return stretches;
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
    for (const [id, old] of this.singles)
      this.singles.set(
        id,
        old.map((values) => grown(values, capacity, Number.NaN)),
      );
  }

  private appendSingles(id: string, { num_metrics, num_replicas, steps, values }: RowBatch, metric: number): void {
    let singles = this.singles.get(id);
    if (!singles) {
      singles = Array.from({ length: num_replicas }, () => new Float32Array(this.steps.length).fill(Number.NaN));
      this.singles.set(id, singles);
    }
    for (const [replica, column] of singles.entries()) {
      for (let row = 0; row < steps.length; row++)
        column[this.num_rows + row] = values[(row * num_replicas + replica) * num_metrics + metric];
    }
  }

  /** Takes the values of a metric that was not watched so far from those rows that are kept whole. */
  private recallSingles(id: string): void {
    const pieces = this.every.soFar() ?? [];
    if (pieces.reduce((sum, { count }) => sum + count, 0) !== this.num_rows || this.num_rows === 0) return;
    const make = () => new Float32Array(this.steps.length).fill(Number.NaN);
    const singles = Array.from({ length: this.num_replicas }, make);
    let first = 0;
    for (const { ids, num_replicas, count, values } of pieces) {
      const metric = ids.indexOf(id);
      if (metric >= 0)
        singles.forEach((column, replica) => {
          for (let row = 0; row < count; row++)
            column[first + row] = values[(row * num_replicas + replica) * ids.length + metric];
        });
      first += count;
    }
    this.singles.set(id, singles);
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
