/** Writes one run down while it goes: at any moment it can be kept, at a cost that does not grow with its length. */
import type { RunConfig, RunInfo } from '../trainer/protocol.ts';
import { type RowsSoFar, Stretches } from './metricStore.ts';
import type { RunState } from './runStore.ts';
import { type KeptColumn, MOST_STRETCHES, type Recording, RUN_VERSION, type RunMeta, type RunRows } from './runs.ts';

/** What the reader said about a run. */
export type Chosen = Pick<RunMeta, 'name' | 'is_pinned' | 'slot'>;

/** Follows one generation of rows. */
export class Recorder {
  readonly id: string;
  readonly generation: number;
  chosen: Chosen = { name: '', is_pinned: false, slot: -1 };
  /** the configuration at the first step: what is changed before it is no change on the way */
  config: RunConfig | undefined;
  private readonly began_ms: number;
  private info: RunInfo | undefined;
  private marks: RunState['marks'] = [];
  private is_spread = false;
  private rows: RowsSoFar | undefined;
  private version = -1;
  private readonly joined = new Map<string, Stretches>();

  constructor(id: string, now_ms: number, state: RunState) {
    this.id = id;
    this.began_ms = now_ms;
    this.generation = state.metrics.generation;
    this.follow(state);
  }

  get num_rows(): number {
    return this.rows?.num_rows ?? 0;
  }

  /** Takes notice of where the run is now. */
  follow({ info, marks, metrics, spread, version }: RunState): void {
    if (metrics.generation !== this.generation || version === this.version) {
      if (metrics.generation === this.generation) this.marks = marks;
      return;
    }
    this.version = version;
    this.is_spread ||= spread !== undefined;
    this.marks = marks;
    if (info) {
      this.info = info;
      if (metrics.num_rows === 0 || !this.config) this.config = info.config;
    }
    this.rows = metrics.soFar();
  }

  /** Joins the rows that came since the last call; called now and then, so that no call has much to do. */
  join(): void {
    const { rows } = this;
    if (!rows) return;
    for (const [id, column] of rows.columns) {
      let joined = this.joined.get(id);
      if (!joined) {
        joined = new Stretches(MOST_STRETCHES);
        this.joined.set(id, joined);
      }
      joined.extend(column, rows.num_rows);
    }
  }

  /** The run so far. */
  record(): Recording | undefined {
    const { info, config, rows } = this;
    if (!info || !config || !rows || rows.num_rows === 0) return undefined;
    this.join();
    const kept = this.keptRows(rows);
    const first_step = rows.steps[0];
    const latest: Record<string, number> = {};
    for (const [id, { mean }] of Object.entries(kept.columns)) {
      const last = mean.findLast((value) => !Number.isNaN(value));
      if (last !== undefined) latest[id] = this.latest(rows, id) ?? last;
    }
    const meta: RunMeta = {
      version: RUN_VERSION,
      id: this.id,
      ...this.chosen,
      began_ms: this.began_ms,
      config: structuredClone(config),
      is_spread: this.is_spread,
      edits: this.marks.filter(({ step }) => step > first_step).map(({ step, text }) => ({ step, text })),
      engine: `${info.engine.kind}: ${info.engine.adapter}`,
      metrics: info.metrics.map(({ id, label, unit }) => ({ id, label, unit })),
      num_rows: rows.num_rows,
      first_step,
      last_step: rows.steps[rows.num_rows - 1],
      seconds: rows.seconds[rows.num_rows - 1],
      latest,
      bytes: bytesOf(kept),
    };
    return { meta, rows: kept };
  }

  private latest(rows: RowsSoFar, id: string): number | undefined {
    const mean = rows.columns.get(id)?.mean;
    for (let row = rows.num_rows - 1; mean && row >= 0; row--) if (!Number.isNaN(mean[row])) return mean[row];
    return undefined;
  }

  private keptRows({ num_rows, num_replicas, steps, seconds, columns }: RowsSoFar): RunRows {
    const length = this.joined.values().next().value?.length ?? 1;
    const count = Math.ceil(num_rows / length);
    const end = (k: number) => Math.min((k + 1) * length, num_rows) - 1;
    const has_band = length > 1 || num_replicas > 1;
    const kept: Record<string, KeptColumn> = {};
    for (const id of columns.keys()) {
      const joined = this.joined.get(id)!;
      const mean = new Float32Array(count);
      const low = has_band ? new Float32Array(count) : undefined;
      const high = has_band ? new Float32Array(count) : undefined;
      let is_measured = false;
      for (let k = 0; k < count; k++) {
        const stretch = joined.at(k);
        mean[k] = stretch.mean;
        if (low) low[k] = stretch.low;
        if (high) high[k] = stretch.high;
        is_measured ||= !Number.isNaN(stretch.mean);
      }
      if (is_measured) kept[id] = low && high ? { mean, low, high } : { mean };
    }
    return {
      version: RUN_VERSION,
      id: this.id,
      length,
      first: Int32Array.from({ length: count }, (_, k) => steps[k * length]),
      last: Int32Array.from({ length: count }, (_, k) => steps[end(k)]),
      seconds: Float32Array.from({ length: count }, (_, k) => seconds[end(k)]),
      columns: kept,
    };
  }
}

/** Bytes of a run's rows on disk. */
function bytesOf({ first, last, seconds, columns }: RunRows): number {
  const arrays = Object.values(columns).flatMap(({ mean, low, high }) => [mean, low, high]);
  return [first, last, seconds, ...arrays].reduce((sum, array) => sum + (array?.byteLength ?? 0), 0);
}
