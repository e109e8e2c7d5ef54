/** A run bundle in the hands of the Python library: every tensor and the whole configuration, as our side holds them. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import type { Numbers } from '../../src/engine/twin.ts';
import { checkpointOf } from '../../src/trainer/checkpoint.ts';
import { encodeCheckpoint } from '../../src/trainer/checkpointFile.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { RowLog } from '../../src/trainer/rowLog.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';
import { complaints, parsedMetadata } from './lib/readers.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const config: RunConfig = {
  task: 'arithmetic',
  policy: 'transformer',
  algorithm: 'ppo',
  parts: { weighting: 'constant' },
  task_settings: { digits: 1 },
  policy_settings: { width: 32 },
  batch: { prompts: 4, group_size: 2, minibatches: 2, replicas: 2, staleness: 2 },
  hyper: { learning_rate: 0.003 },
  seed: 4294967295,
};

test('Python reads every tensor and the whole configuration', { timeout: 180_000 }, async () => {
  const ensured = spawnSync('sh', ['scripts/ensure-safetensors.sh'], { cwd: root, encoding: 'utf8' });
  expect(ensured.status, ensured.stderr).toBe(0);
  const [python, PYTHONPATH] = ensured.stdout.trim().split('\n');

  const run = await Run.open(new CpuExecutor(shaderLibrary, { slots: slotTwins() }), config);
  const log = new RowLog(run.replicas);
  const advance = async (count: number) => {
    const ids = run.info().metrics.map(({ id }) => id);
    for (const row of await run.advance(count)) log.add(row, ids, row.step / 8);
  };
  await advance(2);
  await run.setHyper('clip_high', 0.3, 1);
  await run.swap({ parts: { weighting: 'constant', advantage: 'gae_plain' } });
  await advance(1);
  const checkpoint = await checkpointOf(run);
  const rows = log.rows();

  const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
  const file = join(folder, 'run.safetensors');
  writeFileSync(file, new Uint8Array(encodeCheckpoint({ ...checkpoint, rows })));
  const read = spawnSync(python, ['tests/unit/lib/read_safetensors.py', file], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH },
    maxBuffer: 2 ** 26,
  });
  rmSync(folder, { recursive: true });
  expect(read.status, read.stderr).toBe(0);
  const { metadata, tensors } = JSON.parse(read.stdout);

  const told = (data: Numbers, shape: number[]) => ({
    dtype: data instanceof Uint32Array ? 'U32' : data instanceof Float64Array ? 'F64' : 'F32',
    shape,
    sha256: createHash('sha256')
      .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      .digest('hex'),
    ends: [data[0], data[data.length - 1]],
  });
  const wanted: Record<string, ReturnType<typeof told>> = {
    'rows.step': told(rows.steps, [3]),
    'rows.seconds': told(rows.seconds, [3]),
  };
  for (const [name, data] of Object.entries(checkpoint.tensors)) wanted[name] = told(data, [data.length]);
  for (const [id, data] of rows.columns) wanted[`rows.${id}`] = told(data, [3, 2]);
  for (const tensor of Object.values<{ ends: (string | number)[] }>(tensors)) tensor.ends = tensor.ends.map(Number);
  expect(tensors).toEqual(wanted);
  expect(Object.keys(tensors)).toEqual(
    expect.arrayContaining(['params', 'params_history', 'value_stat', 'rows.entropy']),
  );

  const parsed = parsedMetadata(metadata);
  expect(complaints('checkpoint', parsed)).toEqual([]);
  expect(parsed).toEqual({
    format: 'rollout-lab-checkpoint-2',
    config: run.config,
    first_config: config,
    step: 3,
    edits: run.edits,
    values: run.allValues,
    engine: run.executor.info,
    rows: { kind: 'replicas', metrics: [...rows.columns.keys()] },
  });
  expect(run.edits).toHaveLength(2);
});
