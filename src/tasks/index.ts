/** The tasks, found by glob: a new file in this folder is a new task. */
import { unknownName } from '../engine/names.ts';
import type { Task } from './task.ts';

const modules = import.meta.glob<{ default?: Task }>(['./*.ts', '!./task.ts', '!./index.ts'], { eager: true });

/** Every task by its id; throws one sentence when a file does not declare the task that its name promises. */
export function collectTasks(found: Record<string, { default?: Task }>): Record<string, Task> {
  const out: Record<string, Task> = {};
  for (const [path, module] of Object.entries(found)) {
    const stem = path.split('/').pop()!.replace(/\.ts$/, '');
    const declared = module.default;
    if (!declared) throw new Error(`${path} has no default export; a task file exports task({...}) as default.`);
    if (declared.id !== stem)
      throw new Error(`${path} declares the task '${declared.id}'; name it '${stem}' like its file.`);
    if (out[stem])
      throw new Error(`${path} declares the task '${stem}' a second time; give one of the two another name.`);
    out[stem] = declared;
  }
  return out;
}

/** Task id -> declaration. */
export const tasks: Record<string, Task> = collectTasks(modules);

/** The task of an id; an unknown one throws with the nearest name. */
export function taskOf(id: string): Task {
  if (!Object.hasOwn(tasks, id)) throw new Error(unknownName('task', id, Object.keys(tasks)));
  return tasks[id];
}
