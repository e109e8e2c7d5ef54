/**
 * Checkpoints are safetensors files: an 8-byte header length, a JSON header with name, type, shape and place of every
 * tensor, then the raw little-endian values. The configuration, the step and the edits are in the header's metadata.
 */

import type { Executor } from '../engine/executor.ts';
import { elementsOf } from '../engine/program.ts';
import type { Numbers } from '../engine/twin.ts';
import type { Edit, RunConfig } from './protocol.ts';
import { resolve } from './resolve.ts';
import { Run, STATE } from './run.ts';

const FORMAT = 'rollout-lab-checkpoint-1';
const MAX_HEADER_BYTES = 1_000_000;

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** What a checkpoint file holds. */
export interface Checkpoint {
  config: RunConfig;
  step: number;
  edits: Edit[];
  /** hyperparameter values by replica */
  values: Record<string, number>[];
  tensors: Record<string, Numbers>;
}

/** The checkpoint of a run whose rows have all been taken. */
export async function takeCheckpoint(run: Run): Promise<ArrayBuffer> {
  const tensors = await run.state();
  return encodeCheckpoint({ config: run.config, step: run.step, edits: run.edits, values: run.allValues, tensors });
}

/** The file's bytes. */
export function encodeCheckpoint(c: Checkpoint): ArrayBuffer {
  const header: Record<string, unknown> = {
    __metadata__: {
      format: FORMAT,
      config: JSON.stringify(c.config),
      step: String(c.step),
      edits: JSON.stringify(c.edits),
      values: JSON.stringify(c.values),
    },
  };
  let at = 0;
  const names = Object.keys(c.tensors).sort();
  for (const name of names) {
    const data = c.tensors[name];
    header[name] = {
      dtype: data instanceof Uint32Array ? 'U32' : 'F32',
      shape: [data.length],
      data_offsets: [at, at + data.length * 4],
    };
    at += data.length * 4;
  }
  let text = JSON.stringify(header);
  while (new TextEncoder().encode(text).length % 8 !== 0) text += ' ';
  const head = new TextEncoder().encode(text);
  const out = new ArrayBuffer(8 + head.length + at);
  new DataView(out).setBigUint64(0, BigInt(head.length), true);
  new Uint8Array(out, 8).set(head);
  for (const name of names) {
    const [from] = (header[name] as Entry).data_offsets;
    const data = c.tensors[name];
    const exact = data instanceof Uint32Array ? data : Float32Array.from(data);
    new Uint8Array(out, 8 + head.length + from, exact.byteLength).set(
      new Uint8Array(exact.buffer, exact.byteOffset, exact.byteLength),
    );
  }
  return out;
}

const wrong = (found: string, wanted: string): Error =>
  new Error(
    `Checkpoint file: found ${found}, wanted ${wanted}. Choose a file that this playground saved; the running run is untouched.`,
  );

/** Reads and checks a file; throws one sentence when it is not a checkpoint. Sizes are checked against the configuration later. */
export function decodeCheckpoint(file: ArrayBuffer): Checkpoint {
  if (file.byteLength < 10) throw wrong(`${file.byteLength} bytes`, 'a safetensors file');
  const length = Number(new DataView(file).getBigUint64(0, true));
  if (!(length > 1 && length <= MAX_HEADER_BYTES && 8 + length <= file.byteLength))
    throw wrong(`a header of ${length} bytes`, 'a safetensors header');
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(file, 8, length)));
  } catch {
    throw wrong('a header that is not JSON', 'a safetensors header');
  }
  if (typeof header !== 'object' || header === null) throw wrong('a header that is no object', 'a safetensors header');
  const meta = header.__metadata__ as Record<string, string> | undefined;
  if (meta?.format !== FORMAT) throw wrong(`the format '${meta?.format ?? 'none'}'`, `'${FORMAT}'`);
  const json = <T>(key: string): T => {
    try {
      return JSON.parse(meta[key]) as T;
    } catch {
      throw wrong(`a damaged '${key}' in the metadata`, 'JSON');
    }
  };
  const config = json<RunConfig>('config');
  const values = json<Record<string, number>[]>('values');
  const edits = json<Edit[]>('edits');
  const step = Number(meta.step);
  if (!Number.isInteger(step) || step < 0) throw wrong(`the step '${meta.step}'`, 'a whole number');
  if (typeof config !== 'object' || config === null || !Array.isArray(values) || !Array.isArray(edits))
    throw wrong('incomplete metadata', 'a configuration, values and edits');
  const body = 8 + length;
  const tensors: Record<string, Numbers> = {};
  for (const [name, raw] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const entry = raw as Partial<Entry> | null;
    const [from, to] = entry?.data_offsets ?? [Number.NaN, Number.NaN];
    if (!(from >= 0 && to >= from && body + to <= file.byteLength && (to - from) % 4 === 0))
      throw wrong(`tensor '${name}' outside the file`, 'the whole file');
    const bytes = file.slice(body + from, body + to);
    if (entry?.dtype === 'U32') tensors[name] = new Uint32Array(bytes);
    else if (entry?.dtype === 'F32') tensors[name] = new Float32Array(bytes);
    else throw wrong(`tensor '${name}' of type '${entry?.dtype}'`, 'F32 or U32');
  }
  return { config, step, edits, values, tensors };
}

/** Opens the run of a checkpoint on an executor. Everything is checked before the executor is touched. */
export async function openCheckpoint(executor: Executor, checkpoint: Checkpoint): Promise<Run> {
  const { config } = checkpoint;
  for (const key of ['task_settings', 'policy_settings', 'batch', 'hyper', 'parts'] as const) {
    if (typeof config[key] !== 'object' || config[key] === null)
      throw wrong(`no '${key}' in the configuration`, 'an object');
  }
  const resolved = resolve(config);
  if (checkpoint.values.length !== resolved.batch.replicas)
    throw wrong(`values of ${checkpoint.values.length} replicas`, String(resolved.batch.replicas));
  const params = checkpoint.tensors.params;
  const wanted = resolved.policy.num_parameters * resolved.batch.replicas;
  if (params?.length !== wanted || checkpoint.tensors.start_params?.length !== wanted) {
    throw wrong(`${params?.length ?? 'no'} weights`, `${wanted} for this task and policy`);
  }
  for (const row of checkpoint.values) {
    for (const { name, knob } of resolved.hyper) {
      if (!(row[name] >= knob.min && row[name] <= knob.max))
        throw wrong(`the value ${row[name]} for '${name}'`, `${knob.min} to ${knob.max}`);
    }
  }
  // the warm-up's result is in the file
  const run = await Run.open(executor, { ...config, batch: { ...config.batch, warm_up_steps: 0 } });
  for (const name of STATE) {
    const spec = run.program.buffers[name];
    const found = checkpoint.tensors[name]?.length;
    if (spec && found !== elementsOf(run.program, spec))
      throw wrong(`${found ?? 'no'} values for '${name}'`, String(elementsOf(run.program, spec)));
  }
  await run.restore(checkpoint.tensors, checkpoint.step, checkpoint.edits, checkpoint.values, config);
  return run;
}
