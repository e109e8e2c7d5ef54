/** A run as a checkpoint, and a checkpoint as a run. */

import type { Executor } from '../engine/executor.ts';
import { elementsOf } from '../engine/program.ts';
import { type Checkpoint, encodeCheckpoint, wrongFile } from './checkpointFile.ts';
import { resolve } from './resolve.ts';
import { Run, STATE } from './run.ts';

/** The checkpoint of a run whose rows have all been taken. */
export async function checkpointOf(run: Run): Promise<Checkpoint> {
  const tensors = await run.state();
  const { config, first_config, step, edits, allValues: values } = run;
  return { config, first_config, step, edits: [...edits], values, engine: run.executor.info, tensors };
}

/** The same as a file. */
export const takeCheckpoint = async (run: Run): Promise<ArrayBuffer> => encodeCheckpoint(await checkpointOf(run));

const THE_FILE = 'The file';

/**
 * Throws one sentence, in which the file has this name, where this build cannot open a checkpoint. Builds no run; what depends
 * on its program is checked by `openCheckpoint`.
 */
export function checkCheckpoint({ config, first_config, values, tensors }: Checkpoint, name = THE_FILE): void {
  const wrong = (found: string, wanted: string) => wrongFile(name, `found ${found}, wanted ${wanted}`);
  resolve(first_config);
  const resolved = resolve(config);
  const { replicas } = resolved.batch;
  if (values.length !== replicas) throw wrong(`values of ${values.length} replicas`, String(replicas));
  const wanted = resolved.policy.num_parameters * replicas;
  if (tensors.params?.length !== wanted || tensors.start_params?.length !== wanted)
    throw wrong(`${tensors.params?.length ?? 'no'} weights`, `${wanted} for this task and policy`);
  for (const row of values) {
    for (const { name: hyper, knob } of resolved.hyper) {
      if (!(row[hyper] >= knob.min && row[hyper] <= knob.max))
        throw wrong(`the value ${row[hyper]} for '${hyper}'`, `${knob.min} to ${knob.max}`);
    }
  }
}

/** Opens the run of a checkpoint on an executor. Throws one sentence, and then the executor is of no more use. */
export async function openCheckpoint(executor: Executor, checkpoint: Checkpoint, name = THE_FILE): Promise<Run> {
  checkCheckpoint(checkpoint, name);
  const { config } = checkpoint;
  // the warm-up's result is in the file
  const run = await Run.open(executor, { ...config, batch: { ...config.batch, warm_up_steps: 0 } });
  for (const buffer of STATE) {
    const spec = run.program.buffers[buffer];
    const found = checkpoint.tensors[buffer]?.length;
    if (spec && found !== elementsOf(run.program, spec))
      throw wrongFile(name, `found ${found ?? 'no'} values for '${buffer}', wanted ${elementsOf(run.program, spec)}`);
  }
  const { tensors, step, edits, values, first_config } = checkpoint;
  await run.restore(tensors, step, edits, values, config, first_config);
  return run;
}
