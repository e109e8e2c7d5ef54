/** Where runs are kept: a small interface, and the one that lasts as long as the page. */
import { type Recording, RUN_VERSION, type RunMeta, type RunRows } from './runs.ts';

/** A stored run as it lies there: nothing in it has been checked. */
export interface RawRun {
  id: string;
  meta: unknown;
  rows: unknown;
}

/** What a reader may change of a stored run. */
export type Chosen = Pick<RunMeta, 'name' | 'is_pinned' | 'slot'>;

/** A place for runs. Every call may be refused, with an error that says why. */
export interface RunStorage {
  list(): Promise<Omit<RawRun, 'rows'>[]>;
  rows(id: string): Promise<unknown>;
  /** Writes a run. What a reader chose for it in the meantime, perhaps in another tab, stays. */
  save(run: Recording): Promise<void>;
  /** Changes a run that is there; one that is gone stays gone. */
  choose(id: string, chosen: Partial<Chosen>): Promise<void>;
  /** Takes runs away and hands them over, so that they can be put back. */
  remove(ids: readonly string[]): Promise<RawRun[]>;
  putBack(runs: readonly RawRun[]): Promise<void>;
  /** Calls when another tab has changed something. Returns what stops it. */
  watch(onChange: () => void): () => void;
}
/** Opens a place for runs. */
export type OpenStorage = () => Promise<RunStorage>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A description with what was chosen for the stored one in the meantime. */
export function withChosen(meta: RunMeta, stored: unknown): RunMeta {
  if (!isRecord(stored)) return meta;
  const { name, is_pinned, slot } = stored;
  return {
    ...meta,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof is_pinned === 'boolean' ? { is_pinned } : {}),
    ...(typeof slot === 'number' ? { slot: Math.max(slot, meta.slot) } : {}),
  };
}

/** Keeps runs while the page is open: what is used where the browser refuses its database. */
export function memoryStorage(): RunStorage {
  const all = new Map<string, RawRun>();
  return {
    list: async () => [...all.values()].map(({ id, meta }) => ({ id, meta })),
    rows: async (id) => all.get(id)?.rows,
    save: async ({ meta, rows }) => {
      all.set(meta.id, { id: meta.id, meta: withChosen(meta, all.get(meta.id)?.meta), rows });
    },
    choose: async (id, chosen) => {
      const run = all.get(id);
      if (run && isRecord(run.meta)) all.set(id, { ...run, meta: { ...run.meta, ...chosen } });
    },
    remove: async (ids) =>
      ids.flatMap((id) => {
        const run = all.get(id);
        all.delete(id);
        return run ? [run] : [];
      }),
    putBack: async (runs) => {
      for (const run of runs) if (!all.has(run.id)) all.set(run.id, run);
    },
    watch: () => () => {},
  };
}

const found = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (value === null || typeof value === 'object') return value === null ? 'null' : 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

class Unreadable extends Error {}
const refuse = (name: string, value: unknown, wanted: string): never => {
  throw new Unreadable(`'${name}' is ${found(value)}; wanted ${wanted}`);
};

const text = (name: string, value: unknown, longest = 1000): string =>
  typeof value === 'string' && value.length <= longest ? value : refuse(name, value, `at most ${longest} characters`);
const finite = (name: string, value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(name, value, 'a finite number');
const whole = (name: string, value: unknown, least: number): number =>
  Number.isSafeInteger(value) && (value as number) >= least
    ? (value as number)
    : refuse(name, value, `a whole number from ${least}`);
const truth = (name: string, value: unknown): boolean =>
  typeof value === 'boolean' ? value : refuse(name, value, 'true or false');
const list = (name: string, value: unknown): unknown[] =>
  Array.isArray(value) ? value : refuse(name, value, 'a list');
const record = (name: string, value: unknown): Record<string, unknown> =>
  isRecord(value) ? value : refuse(name, value, 'an object');
/** A record whose keys are the stored one's own, whatever they are called. */
const each = <T>(name: string, value: unknown, read: (name: string, value: unknown) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record(name, value)).map(([key, item]) => [key, read(`${name}.${key}`, item)]));

function attempt<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
}

const version = (value: unknown): typeof RUN_VERSION =>
  value === RUN_VERSION ? RUN_VERSION : refuse('version', value, `${RUN_VERSION}, the version that this page writes`);

/** A stored description, or what is wrong with it. Names that this page does not know are no fault. */
export function readMeta(raw: Omit<RawRun, 'rows'>): RunMeta | string {
  return attempt(() => {
    const meta = record('description', raw.meta);
    const stored_version = version(meta.version);
    const config = record('config', meta.config);
    const first_step = whole('first_step', meta.first_step, 0);
    return {
      version: stored_version,
      id: meta.id === raw.id ? raw.id : refuse('id', meta.id, `'${raw.id}', under which it lies`),
      name: text('name', meta.name),
      is_pinned: truth('is_pinned', meta.is_pinned),
      slot: whole('slot', meta.slot, -1),
      began_ms: finite('began_ms', meta.began_ms),
      config: {
        task: text('config.task', config.task),
        policy: text('config.policy', config.policy),
        algorithm: text('config.algorithm', config.algorithm),
        parts: each('config.parts', config.parts, text),
        task_settings: each('config.task_settings', config.task_settings, finite),
        policy_settings: each('config.policy_settings', config.policy_settings, finite),
        batch: each('config.batch', config.batch, finite),
        hyper: each('config.hyper', config.hyper, finite),
        seed: whole('config.seed', config.seed, 0),
      },
      is_spread: truth('is_spread', meta.is_spread),
      edits: list('edits', meta.edits).map((edit, k) => {
        const { step, text: words } = record(`edits[${k}]`, edit);
        return { step: whole(`edits[${k}].step`, step, 0), text: text(`edits[${k}].text`, words) };
      }),
      engine: text('engine', meta.engine),
      metrics: list('metrics', meta.metrics).map((metric, k) => {
        const { id, label, unit } = record(`metrics[${k}]`, metric);
        return { id: text('metric', id), label: text('metric', label), unit: text('metric', unit) };
      }),
      num_rows: whole('num_rows', meta.num_rows, 1),
      first_step,
      last_step: whole('last_step', meta.last_step, first_step),
      seconds: finite('seconds', meta.seconds),
      latest: each('latest', meta.latest, (name, value) =>
        typeof value === 'number' ? value : refuse(name, value, 'a number'),
      ),
      bytes: whole('bytes', meta.bytes, 0),
    } satisfies RunMeta;
  });
}

/** Stored rows, or what is wrong with them. */
export function readRows(raw: unknown, id: string): RunRows | string {
  return attempt(() => {
    const rows = record('rows', raw);
    const steps = (name: string, value: unknown) =>
      value instanceof Int32Array && value.length > 0 ? value : refuse(name, value, 'whole numbers');
    const first = steps('first', rows.first);
    const values = (name: string, value: unknown) =>
      value instanceof Float32Array && value.length === first.length
        ? value
        : refuse(name, value, `${first.length} numbers`);
    const last = steps('last', rows.last);
    if (last.length !== first.length) refuse('last', last, `${first.length} whole numbers`);
    for (let k = 0; k < first.length; k++) {
      const is_in_order = last[k] >= first[k] && (k === 0 || first[k] > last[k - 1]);
      if (!is_in_order) refuse(`first[${k}]`, first[k], 'steps that grow');
    }
    const seconds = values('seconds', rows.seconds);
    for (let k = 0; k < seconds.length; k++) {
      if (!(seconds[k] >= (k === 0 ? 0 : seconds[k - 1]))) refuse(`seconds[${k}]`, seconds[k], 'seconds that grow');
    }
    return {
      version: version(rows.version),
      id: rows.id === id ? id : refuse('id', rows.id, `'${id}'`),
      length: whole('length', rows.length, 1),
      first,
      last,
      seconds,
      columns: each('columns', rows.columns, (name, value) => {
        const { mean, low, high } = record(name, value);
        const column = { mean: values(`${name}.mean`, mean) };
        return low === undefined && high === undefined
          ? column
          : { ...column, low: values(`${name}.low`, low), high: values(`${name}.high`, high) };
      }),
    } satisfies RunRows;
  });
}
