/** Things that several tests of the page's state are made of. */
import { defaultRun } from '../../../src/trainer/defaultRun.ts';
import type { RowBatch, RunInfo } from '../../../src/trainer/protocol.ts';

/** Whole numbers from the first up to but not including the second. */
export const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** A batch of rows: `value(step, replica, metric)`. */
export function batchOf(
  steps: number[],
  replicas: number,
  metrics: number,
  value: (s: number, r: number, m: number) => number,
): RowBatch {
  const values = steps.flatMap((s) =>
    Array.from({ length: replicas }, (_, r) => Array.from({ length: metrics }, (_, m) => value(s, r, m))).flat(),
  );
  return {
    num_metrics: metrics,
    num_replicas: replicas,
    steps: Int32Array.from(steps),
    seconds: Float64Array.from(steps, (s) => s / 10),
    values: Float32Array.from(values),
  };
}

/** What a worker says of a run that has just been opened. */
export const info = (change: Partial<RunInfo> = {}): RunInfo => ({
  config: defaultRun(),
  engine: { kind: 'webgpu', adapter: 'test', is_software: false },
  hyper: [],
  metrics: [{ id: 'reward_mean', label: 'Reward', unit: '', doc: '' }],
  num_parameters: 1,
  num_launches: 1,
  bytes: 1,
  step: 0,
  optimum: 1,
  program: { id: 'step', dims: {}, buffers: {}, hyper: [], steps: [] },
  ...change,
});
