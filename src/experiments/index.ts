/** The experiments, found by glob: a new file in this folder is a new experiment. */
import { unknownName } from '../engine/names.ts';
import type { Experiment } from './experiment.ts';

type Module = { default?: Experiment };

const modules = import.meta.glob<Module>(['./*.ts', '!./experiment.ts', '!./index.ts', '!./results.ts'], {
  eager: true,
});

/** Every experiment by its id; throws one sentence when a file does not declare what its name promises. */
export function collectExperiments(found: Record<string, Module>): Record<string, Experiment> {
  const out: Record<string, Experiment> = {};
  for (const path of Object.keys(found).sort()) {
    const stem = path.split('/').pop()!.replace(/\.ts$/, '');
    const declared = found[path].default;
    if (!declared)
      throw new Error(`${path} has no default export; an experiment's file exports experiment({...}) as default.`);
    if (declared.id !== stem)
      throw new Error(`${path} declares the experiment '${declared.id}'; name it '${stem}' like its file.`);
    out[stem] = declared;
  }
  return out;
}

/** Experiment id -> declaration, in alphabetical order. */
export const experiments: Record<string, Experiment> = collectExperiments(modules);

/** The experiment of an id; an unknown one throws with the nearest name. */
export function experimentOf(id: string): Experiment {
  if (!Object.hasOwn(experiments, id)) throw new Error(unknownName('experiment', id, Object.keys(experiments)));
  return experiments[id];
}
