/** The lessons, found by glob: a new file in this folder is a new lesson. */
import type { Lesson } from './lesson.ts';

type Module = { default?: Lesson };

const modules = import.meta.glob<Module>(['./*.ts', '!./lesson.ts', '!./index.ts'], { eager: true });

/** Every lesson in the order of its number; throws one sentence when a file does not declare what its name promises. */
export function collectLessons(found: Record<string, Module>): Lesson[] {
  const out: Lesson[] = [];
  for (const path of Object.keys(found).sort()) {
    const stem = path.split('/').pop()!.replace(/\.ts$/, '');
    const declared = found[path].default;
    if (!declared) throw new Error(`${path} has no default export; a lesson's file exports lesson({...}) as default.`);
    if (declared.id !== stem)
      throw new Error(`${path} declares the lesson '${declared.id}'; name it '${stem}' like its file.`);
    const other = out.find(({ number }) => number === declared.number);
    if (other) throw new Error(`${path} has the number ${declared.number}, which '${other.id}' has; give it another.`);
    out.push(declared);
  }
  return out.sort((a, b) => a.number - b.number);
}

/** All lessons in order. */
export const lessons: readonly Lesson[] = collectLessons(modules);

/** The lesson of an id, or undefined. */
export const lessonOf = (id: string): Lesson | undefined => lessons.find((one) => one.id === id);
