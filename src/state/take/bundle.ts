/** The run bundle: the present run as one file, and such a file as the present run. */
import {
  type Checkpoint,
  type CheckpointRows,
  decodeCheckpoint,
  encodeCheckpoint,
  widthOf,
} from '../../trainer/checkpointFile.ts';
import type { RunInfo } from '../../trainer/protocol.ts';
import type { Lab } from '../lab.ts';
import type { Column } from '../metricStore.ts';
import type { RunStore } from '../runStore.ts';
import { isOfSpread, sentenceOf } from '../session.ts';
import { fileName } from './documents.ts';
import { isSingle, type TakenRows, takeRows } from './metricRows.ts';

const MOST_BYTES = 1024 ** 3;
const ROWS_AT_ONCE = 4096;
const LOOKS = 20; // for rows that are on their way
const LOOK_EVERY_MS = 50;

/** The rows before a step, as a file holds them. */
export function bundleRows(taken: TakenRows, before_step: number): CheckpointRows {
  const { ids, rows, pieces } = taken;
  const { num_replicas } = rows;
  const kind = isSingle(taken) ? 'replicas' : 'mean_lowest_highest';
  const width = widthOf(kind, num_replicas);
  let num_rows = rows.num_rows;
  while (num_rows > 0 && rows.steps[num_rows - 1] >= before_step) num_rows--;
  const columns = new Map(ids.map((id) => [id, new Float32Array(num_rows * width).fill(Number.NaN)]));
  if (pieces) {
    let row = 0;
    for (const piece of pieces) {
      const metrics = piece.ids.map((id) => columns.get(id)!);
      for (let k = 0; k < piece.count && row < num_rows; k++, row++)
        for (let r = 0; r < width; r++)
          for (const [m, column] of metrics.entries())
            column[row * width + r] = piece.values[(k * width + r) * metrics.length + m];
    }
  } else {
    for (const [id, column] of columns) {
      const from = rows.columns.get(id);
      if (!from) continue;
      const parts = width === 1 ? [from.mean] : [from.mean, from.low, from.high];
      for (const [part, values] of parts.entries())
        for (let row = 0; row < num_rows; row++) column[row * width + part] = values[row];
    }
  }
  return {
    steps: Uint32Array.from(rows.steps.subarray(0, num_rows)),
    seconds: rows.seconds.slice(0, num_rows),
    kind,
    columns,
  };
}

/** The present run as a file: its settings, edits and state, and with `has_rows` everything measured. Throws one sentence. */
export async function takeRun({ run, session }: Lab, has_rows: boolean): Promise<{ name: string; data: ArrayBuffer }> {
  const { info } = run.getState();
  if (!info) throw new Error('there is no run yet; wait until it has been opened.');
  const { metrics } = run.getState();
  const { generation } = metrics;
  const file = await session.checkpoint();
  const checkpoint = decodeCheckpoint(file);
  const name = (rest: string) => fileName(checkpoint.config, checkpoint.step, rest);
  if (!has_rows) return { name: name('checkpoint.safetensors'), data: file };
  const hasAll = () => metrics.num_rows === 0 || metrics.steps[metrics.num_rows - 1] >= checkpoint.step - 1;
  for (let look = 0; look < LOOKS && !hasAll(); look++) await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  if (metrics.generation !== generation)
    throw new Error('the run began anew while it was being saved; save it once more.');
  const ids = info.metrics.map(({ id }) => id);
  const rows = bundleRows(takeRows(metrics, ids), checkpoint.step);
  return { name: name('run.safetensors'), data: encodeCheckpoint({ ...checkpoint, rows }) };
}

/** What the replicas of a checkpoint differ in; undefined where they are set alike. */
function spreadOf({ values }: Checkpoint) {
  const names = Object.keys(values[0] ?? {}).filter((name) => values.some((row) => row[name] !== values[0][name]));
  if (names.length === 0) return undefined;
  return values.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
}

/** Gives the store of a run that was opened from a file its rows, its marks and what its replicas differ in. */
export function fillRun(run: RunStore, info: RunInfo, checkpoint: Checkpoint): void {
  const { rows, edits, first_config, values } = checkpoint;
  run.getState().setInfo({ ...info, config: first_config }, true); // kept runs take the settings of step 0 from here
  const { metrics } = run.getState();
  if (rows && rows.steps.length > 0) {
    const { steps, seconds, columns } = rows;
    const num_replicas = values.length;
    const ids = [...columns.keys()];
    if (rows.kind === 'replicas') {
      metrics.setMetrics(ids);
      for (let from = 0; from < steps.length; from += ROWS_AT_ONCE) {
        const to = Math.min(from + ROWS_AT_ONCE, steps.length);
        const batch = new Float32Array((to - from) * num_replicas * ids.length);
        for (const [m, id] of ids.entries()) {
          const column = columns.get(id)!;
          for (let k = from * num_replicas; k < to * num_replicas; k++)
            batch[(k - from * num_replicas) * ids.length + m] = column[k];
        }
        metrics.append({
          num_metrics: ids.length,
          num_replicas,
          steps: Int32Array.from(steps.subarray(from, to)),
          seconds: seconds.slice(from, to),
          values: batch,
        });
      }
    } else {
      const part = (column: Float32Array, at: number) => Float32Array.from(steps, (_, row) => column[row * 3 + at]);
      metrics.fill({
        num_rows: steps.length,
        num_replicas,
        steps: Int32Array.from(steps),
        seconds,
        columns: new Map(
          ids.map((id): [string, Column] => {
            const column = columns.get(id)!;
            return [id, { mean: part(column, 0), low: part(column, 1), high: part(column, 2) }];
          }),
        ),
      });
    }
  }
  const secondOf = new Map(Array.from(rows?.steps ?? [], (step, row) => [step, rows!.seconds[row]]));
  const last_second = rows?.seconds.at(-1) ?? 0;
  for (const edit of edits)
    if (!isOfSpread(edit)) run.getState().addEdit(edit, 1000 * (secondOf.get(edit.step) ?? last_second));
  run.setState((state) => ({ spread: spreadOf(checkpoint), version: state.version + 1 }));
}

/**
 * Opens a file that the reader chose or dropped. While that goes on `opening` in the run store tells its name and cancels it;
 * what is wrong with the file stands in `problem` afterwards, and the present run goes on.
 */
export async function openRunFile({ run, session }: Lab, file: Blob & { name?: string }): Promise<void> {
  const name = file.name || 'The file';
  run.getState().opening?.cancel();
  const stop = new AbortController();
  const cancel = () => {
    stop.abort();
    run.setState({ opening: undefined });
  };
  const opening = { name, cancel };
  run.setState({ opening });
  try {
    if (file.size > MOST_BYTES)
      throw new Error(`${name} has ${file.size} bytes; wanted at most ${MOST_BYTES}. Choose a smaller file.`);
    const data = await file.arrayBuffer();
    stop.signal.throwIfAborted();
    const checkpoint = decodeCheckpoint(data, name);
    await session.load(data, (info) => fillRun(run, info, checkpoint), stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) run.getState().setProblem(`${sentenceOf(error)} The present run is untouched.`);
  } finally {
    if (run.getState().opening === opening) run.setState({ opening: undefined });
  }
}
