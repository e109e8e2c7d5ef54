/** A run as a checkpoint, and a checkpoint as a run. */

import type { Executor } from '../engine/executor.ts';
import { elementsOf } from '../engine/program.ts';
import { type Checkpoint, encodeCheckpoint } from './checkpointFile.ts';
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

const wrong = (found: string, wanted: string): Error =>
  new Error(`Run file: found ${found}, wanted ${wanted}. Choose a file that this playground saved.`);

/** Throws one sentence where this build cannot open a checkpoint. Builds no run; what depends on its program is checked by `openCheckpoint`. */
export function checkCheckpoint({ config, first_config, values, tensors }: Checkpoint): void {
  resolve(first_config);
  const resolved = resolve(config);
  const { replicas } = resolved.batch;
  if (values.length !== replicas) throw wrong(`values of ${values.length} replicas`, String(replicas));
  const wanted = resolved.policy.num_parameters * replicas;
  if (tensors.params?.length !== wanted || tensors.start_params?.length !== wanted)
    throw wrong(`${tensors.params?.length ?? 'no'} weights`, `${wanted} for this task and policy`);
  for (const row of values) {
    for (const { name, knob } of resolved.hyper) {
      if (!(row[name] >= knob.min && row[name] <= knob.max))
        throw wrong(`the value ${row[name]} for '${name}'`, `${knob.min} to ${knob.max}`);
    }
  }
}

/** Opens the run of a checkpoint on an executor. Throws one sentence, and then the executor is of no more use. */
export async function openCheckpoint(executor: Executor, checkpoint: Checkpoint): Promise<Run> {
  checkCheckpoint(checkpoint);
  const { config } = checkpoint;
  // the warm-up's result is in the file
  const run = await Run.open(executor, { ...config, batch: { ...config.batch, warm_up_steps: 0 } });
  for (const name of STATE) {
    const spec = run.program.buffers[name];
    const found = checkpoint.tensors[name]?.length;
    if (spec && found !== elementsOf(run.program, spec))
      throw wrong(`${found ?? 'no'} values for '${name}'`, String(elementsOf(run.program, spec)));
  }
  const { tensors, step, edits, values, first_config } = checkpoint;
  await run.restore(tensors, step, edits, values, config, first_config);
  return run;
}
