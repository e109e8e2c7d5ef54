/** What a kept run is. */
import type { Edit, MetricInfo, RunConfig } from '../trainer/protocol.ts';

/** The form in which runs are stored; a stored run of another version is left alone. */
export const RUN_VERSION = 1;
/** A run with fewer rows than this is not kept. */
export const LEAST_ROWS = 5;
/** As many curves beside the live one as can be told apart. */
export const MOST_OVERLAYS = 8;
/** What each overlaid run is called on the charts, by its slot. */
export const LETTERS = 'ABCDEFGH';
/** Of runs that are neither pinned nor overlaid, so many are kept, the oldest go first. */
export const MOST_RUNS = 20;
/** See `MOST_RUNS`: and so many bytes. */
export const MOST_BYTES = 20 * 1024 ** 2;
/** Rows of a kept run: a longer one is joined to stretches of 2, 4, 8 … steps. */
export const MOST_STRETCHES = 2048;
/** Characters of a name. */
export const LONGEST_NAME = 80;

/** What is known of a run without its rows. */
export interface RunMeta {
  version: typeof RUN_VERSION;
  id: string;
  /** what the reader called it; '' where the automatic name serves */
  name: string;
  is_pinned: boolean;
  /** its place among the overlaid runs, −1 when it is not overlaid */
  slot: number;
  /** milliseconds since 1970 at which it began */
  began_ms: number;
  /** as it was at the first step */
  config: RunConfig;
  /** its replicas had settings of their own: a sweep */
  is_spread: boolean;
  /** what was changed on the way */
  edits: Edit[];
  engine: string;
  metrics: Pick<MetricInfo, 'id' | 'label' | 'unit'>[];
  num_rows: number;
  first_step: number;
  last_step: number;
  /** how long it has been going, pauses left out */
  seconds: number;
  /** the last measured value of every metric */
  latest: Record<string, number>;
  /** of its rows */
  bytes: number;
}

/** The values of a metric. Without `low` and `high` both are the mean itself. */
export interface KeptColumn {
  mean: Float32Array;
  low?: Float32Array;
  high?: Float32Array;
}

/** The rows of a run, `length` steps joined to one stretch; NaN where a metric was not measured. */
export interface RunRows {
  version: typeof RUN_VERSION;
  id: string;
  length: number;
  /** first and last step of each stretch, and the seconds at its end */
  first: Int32Array;
  last: Int32Array;
  seconds: Float32Array;
  columns: Record<string, KeptColumn>;
}

/** A run as it is kept. */
export interface Recording {
  meta: RunMeta;
  rows: RunRows;
}

/** An overlaid run as the charts draw it. */
export interface Overlay {
  id: string;
  slot: number;
  name: string;
  rows: RunRows;
}

/** By what the charts compare runs. */
export type CompareBy = 'step' | 'seconds';

/**
 * Says whether one run repeats another: both from step 0, same settings, same seed, same engine, replicas that differ in
 * nothing but their seeds, nothing changed on the way. Then they have the same numbers, as far as both go.
 */
const isSameRun = (one: RunMeta, other: RunMeta): boolean =>
  one.edits.length === 0 &&
  other.edits.length === 0 &&
  one.engine === other.engine &&
  one.first_step === 0 &&
  other.first_step === 0 &&
  !one.is_spread &&
  !other.is_spread &&
  sameConfig(one.config, other.config);

const sorted = (record: Record<string, unknown>) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

/** Whether two configurations say the same, in whatever order. */
export const sameConfig = (one: RunConfig, other: RunConfig): boolean => {
  const plain = (config: RunConfig) =>
    JSON.stringify(
      sorted({ ...config }).map(([name, value]) => [
        name,
        value !== null && typeof value === 'object' ? sorted(value as Record<string, unknown>) : value,
      ]),
    );
  return plain(one) === plain(other);
};

const isWorthKeeping = (meta: RunMeta) => meta.is_pinned || meta.slot >= 0 || meta.name !== '';

/** Ids that go when there are too many runs: repetitions of a longer run first, then the oldest. */
export function superfluous(metas: readonly RunMeta[], live_id: string | undefined): string[] {
  const out = new Set<string>();
  for (const one of metas) {
    if (one.id === live_id || isWorthKeeping(one)) continue;
    const is_repeated = metas.some(
      (other) =>
        other !== one &&
        !out.has(other.id) &&
        isSameRun(one, other) &&
        (other.last_step > one.last_step || (other.last_step === one.last_step && other.began_ms >= one.began_ms)),
    );
    if (is_repeated) out.add(one.id);
  }
  const left = metas
    .filter((meta) => !out.has(meta.id) && meta.id !== live_id && !meta.is_pinned && meta.slot < 0)
    .sort((a, b) => b.began_ms - a.began_ms);
  let bytes = 0;
  left.forEach((meta, index) => {
    bytes += meta.bytes;
    if (index >= MOST_RUNS || bytes > MOST_BYTES) out.add(meta.id);
  });
  return [...out];
}
