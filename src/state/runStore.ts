/** What the worker said: the run, its status, its rows and the changes made to it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DispatchTimes, Edit, RowBatch, RunInfo, SampleGroup, Status } from '../trainer/protocol.ts';
import { formatCount } from './format.ts';
import { MetricStore } from './metricStore.ts';
import { SampleHistory } from './sampleHistory.ts';

/** The state before the worker has said anything. */
const NO_STATUS: Status = { phase: 'empty', step: 0, steps_per_second: 0, message: '', progress: 0 };

/** A change of a running run, as the chart marks it: an edit, or those of one drag, at the step that saw the first. */
export interface Mark extends Edit {
  /** counts the marks of a run from 1; the number on the chart and in the list */
  number: number;
  /** what was changed step by step */
  edits: readonly Edit[];
}

/** What the replicas of a run differ in: by replica, hyperparameters with their values. */
export type Spread = readonly Record<string, number>[];

/** A file that is on its way: what it is called, and the way out. */
export interface FileJob {
  name: string;
  cancel(): void;
}

/** The run as the page knows it. */
export interface RunState {
  info: RunInfo | undefined;
  status: Status;
  /** of the dispatches of this program on this engine, where the reader asked for them */
  times: DispatchTimes | undefined;
  marks: Mark[];
  sample: SampleGroup | undefined;
  /** the newest step that was looked at and did not ask the followed prompt */
  missed_step: number | undefined;
  /** samples of earlier steps */
  readonly history: SampleHistory;
  /** a file that is being opened; undefined where none is */
  opening: FileJob | undefined;
  /** a file that is being written and that nobody else tells of; undefined where none is */
  saving: FileJob | undefined;
  /** one sentence about the last request that was refused, '' when there is nothing to say */
  problem: string;
  /** the worker itself is gone; only a restart helps */
  is_broken: boolean;
  /** the run should be going: what the play button shows */
  is_wanted: boolean;
  /** grows with every batch of rows; the rows are in `metrics` */
  version: number;
  readonly metrics: MetricStore;
  /** the latest rows, replica by replica; `metrics` keeps only their mean, lowest and highest */
  last_rows: RowBatch | undefined;
  /** undefined where all replicas have the same hyperparameters */
  spread: Spread | undefined;
  /** A run was built or changed. A run at another place than the rows so far is a new one: rows and marks go. */
  setInfo(info: RunInfo, is_new: boolean): void;
  setTimes(times: DispatchTimes): void;
  addRows(batch: RowBatch): void;
  /** Marks an edit; `time_ms`, of any clock, tells which edits belong to one drag. */
  addEdit(edit: Edit, time_ms?: number): void;
  setStatus(status: Status): void;
  /** Takes a sample; one that was missed, as it is of another prompt than the followed one, is only counted. */
  setSample(sample: SampleGroup | undefined, is_missed?: boolean): void;
  setProblem(problem: string): void;
  setBroken(problem: string): void;
  setWanted(is_wanted: boolean): void;
}
/** The store of what the worker said. */
export type RunStore = StoreApi<RunState>;

const ARROW = ' → ';
const SAME_DRAG_MS = 1500; // edits of one slider that follow each other this closely are one change

/** Two edits of one drag as one: from where the first began to where the last ended. */
const mergedText = (first: Edit, last: Edit) => {
  const [from] = first.text.split(ARROW);
  const [, to] = last.text.split(ARROW);
  return to === undefined ? last.text : from + ARROW + to;
};

/** A mark with one more edit of its drag. Edits that no step has seen are one with the next. */
function longer({ number, edits }: Mark, edit: Edit): Mark {
  const last = edits[edits.length - 1];
  const is_unseen = last.step === edit.step;
  const all = is_unseen ? [...edits.slice(0, -1), { ...edit, text: mergedText(last, edit) }] : [...edits, edit];
  const text = mergedText(all[0], edit);
  const way = all.length > 1 ? `, in ${all.length} moves until step ${formatCount(edit.step)}` : '';
  return { number, step: all[0].step, text: text + way, edits: all };
}

const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What an edit is about: a setting, whose value stands before the arrow, or a role, whose part stands behind a colon. */
const subjectOf = (edit: Edit) => edit.text.replace(/( \S+ → .*|: .*)$/s, '');

/** Makes the store; `now` is milliseconds of any clock. */
export function makeRunStore(now: () => number = () => performance.now()): RunStore {
  let last_edit_ms = Number.NEGATIVE_INFINITY;
  let awaited: number | undefined; // the step with which the rows of a new run begin; any other is of the run before
  return createStore<RunState>()((set, get) => ({
    info: undefined,
    times: undefined,
    status: NO_STATUS,
    marks: [],
    sample: undefined,
    missed_step: undefined,
    history: new SampleHistory(),
    opening: undefined,
    saving: undefined,
    problem: '',
    is_broken: false,
    is_wanted: true,
    version: 0,
    metrics: new MetricStore(),
    last_rows: undefined,
    spread: undefined,
    setInfo: (info, is_new) => {
      const { metrics } = get();
      if (is_new) metrics.clear();
      if (is_new) awaited = info.step;
      if (is_new) get().history.clear();
      metrics.setMetrics(info.metrics.map((metric) => metric.id));
      const fresh = is_new ? { marks: [], sample: undefined, missed_step: undefined } : {};
      const former = get().info;
      const is_same = former !== undefined && isEqual(former.program, info.program);
      set(({ version, times }) => ({
        info: is_same ? { ...info, program: former.program } : info, // what lists it need not begin again
        times: is_same && !is_new && isEqual(former.engine, info.engine) ? times : undefined,
        problem: '',
        is_broken: false,
        version: version + 1,
        ...fresh,
      }));
    },
    setTimes: (times) => set({ times }),
    addRows: (batch) => {
      const { metrics } = get();
      if (awaited !== undefined && batch.steps[0] !== awaited) return; // answers and rows travel apart
      awaited = undefined;
      if (batch.num_metrics !== metrics.num_metrics) return; // of the run before a change that is still on its way
      const is_anew = metrics.num_rows > 0 && batch.steps[0] <= metrics.steps[metrics.num_rows - 1];
      if (is_anew) metrics.clear();
      metrics.append(batch);
      set((state) => ({ version: state.version + 1, last_rows: batch, marks: is_anew ? [] : state.marks }));
    },
    addEdit: (edit, time = now()) => {
      const is_same_drag = time - last_edit_ms < SAME_DRAG_MS;
      last_edit_ms = time;
      set(({ marks }) => {
        const last = marks.at(-1);
        if (last && is_same_drag && subjectOf(last.edits[0]) === subjectOf(edit))
          return { marks: [...marks.slice(0, -1), longer(last, edit)] };
        return { marks: [...marks, { ...edit, number: (last?.number ?? 0) + 1, edits: [edit] }] };
      });
    },
    setStatus: (status) => set({ status }),
    setSample: (sample, is_missed = false) => {
      if (sample && sample.responses.length > 0 && !is_missed) get().history.add(sample);
      set(is_missed ? { missed_step: sample?.step } : { sample, missed_step: undefined });
    },
    setProblem: (problem) => set({ problem }),
    setBroken: (problem) => set({ problem, is_broken: true, is_wanted: false }),
    setWanted: (is_wanted) => set({ is_wanted }),
  }));
}
