/**
 * What a checkpoint file holds, written and read. It is a safetensors file: configuration, step, edits, hyperparameters and
 * engine stand as JSON in the header's metadata, the state of the run lies in tensors. With the rows of the metrics beside
 * them it is a run bundle.
 */

import type { EngineInfo } from '../engine/executor.ts';
import { each, finite, found, list, record, refuse, text, truth, Unreadable, whole } from '../engine/readers.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../engine/safetensors.ts';
import type { Numbers } from '../engine/twin.ts';
import type { Change, RecordedEdit, RunConfig } from './protocol.ts';
import { readConfig } from './readConfig.ts';

const FORMAT = 'rollout-lab-checkpoint-2';
const ROWS = 'rows.';

/** What the last dimension of a metric's rows is: every replica, or the mean, lowest and highest of them. */
const ROW_KINDS = ['replicas', 'mean_lowest_highest'] as const;

/** The metrics of a run, step by step. */
export interface CheckpointRows {
  /** of every row, growing */
  steps: Uint32Array;
  /** seconds that the run had been going, pauses left out */
  seconds: Float64Array;
  kind: (typeof ROW_KINDS)[number];
  /** metric id -> values [row][replica, or mean, lowest and highest]; NaN where a metric was not measured */
  columns: Map<string, Float32Array>;
}

/** What a checkpoint file holds. */
export interface Checkpoint {
  config: RunConfig;
  /** the configuration at step 0, before any edit */
  first_config: RunConfig;
  step: number;
  edits: RecordedEdit[];
  /** hyperparameter values by replica */
  values: Record<string, number>[];
  /** on what it was computed */
  engine: EngineInfo;
  tensors: Record<string, Numbers>;
  /** makes it a run bundle */
  rows?: CheckpointRows;
}

/** Numbers of one metric in one row. */
export const widthOf = (kind: CheckpointRows['kind'], replicas: number): number => (kind === 'replicas' ? replicas : 3);

/** The file's bytes. */
export function encodeCheckpoint(c: Checkpoint): ArrayBuffer {
  const metadata: Record<string, string> = {
    format: FORMAT,
    config: JSON.stringify(c.config),
    first_config: JSON.stringify(c.first_config),
    step: String(c.step),
    edits: JSON.stringify(c.edits),
    values: JSON.stringify(c.values),
    engine: JSON.stringify(c.engine),
  };
  const tensors: Record<string, Tensor> = {};
  const flat = (data: Numbers): Tensor => ({ data, shape: [data.length] });
  for (const [name, data] of Object.entries(c.tensors))
    tensors[name] = flat(data instanceof Float64Array ? Float32Array.from(data) : data);
  if (c.rows) {
    const { steps, seconds, kind, columns } = c.rows;
    metadata.rows = JSON.stringify({ kind, metrics: [...columns.keys()] });
    tensors[`${ROWS}step`] = flat(steps);
    tensors[`${ROWS}seconds`] = flat(seconds);
    const width = widthOf(kind, c.values.length);
    for (const [id, data] of columns) tensors[ROWS + id] = { data, shape: [steps.length, width] };
  }
  return encodeSafetensors({ tensors, metadata });
}

function readChange(name: string, value: unknown): Change {
  const change = record(name, value);
  if (change.name !== undefined) {
    const set = { name: text(`${name}.name`, change.name), value: finite(`${name}.value`, change.value) };
    return change.replica === undefined ? set : { ...set, replica: whole(`${name}.replica`, change.replica, 0) };
  }
  const swap: Change = {};
  if (change.algorithm !== undefined) swap.algorithm = text(`${name}.algorithm`, change.algorithm);
  if (change.parts !== undefined) swap.parts = each(`${name}.parts`, change.parts, text);
  return swap;
}

/** Edits in the order of their steps, none behind the step of the file. */
function readEdits(value: unknown, last_step: number): RecordedEdit[] {
  let before = 0;
  return list('edits', value).map((raw, k) => {
    const name = `edits[${k}]`;
    const edit = record(name, raw);
    const step = whole(`${name}.step`, edit.step, before);
    if (step > last_step) refuse(`${name}.step`, step, `at most ${last_step}, the step of the file`);
    before = step;
    return { step, text: text(`${name}.text`, edit.text), change: readChange(`${name}.change`, edit.change) };
  });
}

function readRows(
  value: unknown,
  tensors: Record<string, Tensor>,
  replicas: number,
  last_step: number,
): CheckpointRows {
  const rows = record('rows', value);
  const kind = ROW_KINDS.find((known) => known === rows.kind) ?? refuse('rows.kind', rows.kind, ROW_KINDS.join(' or '));
  const steps = tensors[`${ROWS}step`]?.data;
  const seconds = tensors[`${ROWS}seconds`]?.data;
  if (!(steps instanceof Uint32Array)) return refuse(`${ROWS}step`, undefined, 'a tensor of type U32');
  if (!(seconds instanceof Float64Array) || seconds.length !== steps.length)
    return refuse(`${ROWS}seconds`, seconds?.length, `${steps.length} numbers of type F64`);
  for (let k = 0; k < steps.length; k++) {
    const least = k === 0 ? 0 : steps[k - 1] + 1;
    if (steps[k] < least || steps[k] >= last_step)
      refuse(`${ROWS}step`, steps[k], `steps that grow and end before ${last_step}, the step of the file`);
    if (!(seconds[k] >= 0 && seconds[k] < Number.POSITIVE_INFINITY))
      refuse(`${ROWS}seconds`, String(seconds[k]), 'numbers from 0');
  }
  const width = widthOf(kind, replicas);
  const columns = new Map<string, Float32Array>();
  for (const [k, raw] of list('rows.metrics', rows.metrics).entries()) {
    const id = text(`rows.metrics[${k}]`, raw, 100);
    if (!/^[a-z]\w*$/i.test(id)) refuse(`rows.metrics[${k}]`, id, 'the id of a metric');
    const tensor = tensors[ROWS + id];
    const [count, w] = tensor?.shape ?? [];
    if (!(tensor?.data instanceof Float32Array) || tensor.shape.length !== 2 || count !== steps.length || w !== width)
      return refuse(ROWS + id, tensor?.shape.join(' × '), `${steps.length} × ${width} numbers of type F32`);
    columns.set(id, tensor.data);
  }
  return { steps, seconds, kind, columns };
}

/** The sentence about a file that is no checkpoint, or none that this build can open. */
export const wrongFile = (name: string, problem: string): Error =>
  new Error(`${name} is no run saved here: ${problem}. Choose a file that this playground saved.`);

/**
 * Reads and checks a file; throws one sentence when it is not a checkpoint. Names and sizes are checked against what this
 * build knows when the run is opened. `name` is what the sentence calls it.
 */
export function decodeCheckpoint(file: ArrayBuffer, name = 'The file'): Checkpoint {
  try {
    const { tensors, metadata } = decodeSafetensors(file);
    if (metadata.format !== FORMAT)
      throw new Unreadable(
        `found ${metadata.format === undefined ? 'no format' : `the format ${found(metadata.format)}`} in the metadata, wanted '${FORMAT}'`,
      );
    const json = (key: string): unknown => {
      try {
        return JSON.parse(metadata[key]);
      } catch {
        return refuse(key, undefined, 'JSON in the metadata');
      }
    };
    const step = whole('step', json('step'), 0);
    const values = list('values', json('values')).map((row, k) => each(`values[${k}]`, row, finite));
    const engine = record('engine', json('engine'));
    const state: Record<string, Numbers> = Object.create(null);
    for (const [name, { data }] of Object.entries(tensors)) if (!name.startsWith(ROWS)) state[name] = data;
    const checkpoint: Checkpoint = {
      config: readConfig('config', json('config')),
      first_config: readConfig('first_config', json('first_config')),
      step,
      edits: readEdits(json('edits'), step),
      values,
      engine: {
        kind:
          engine.kind === 'webgpu' || engine.kind === 'cpu'
            ? engine.kind
            : refuse('engine.kind', engine.kind, 'webgpu or cpu'),
        adapter: text('engine.adapter', engine.adapter),
        is_software: truth('engine.is_software', engine.is_software),
      },
      tensors: state,
    };
    if (metadata.rows !== undefined) checkpoint.rows = readRows(json('rows'), tensors, values.length, step);
    return checkpoint;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw wrongFile(name, error.message);
  }
}
