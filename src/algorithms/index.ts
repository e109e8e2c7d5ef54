/** Every algorithm and part, found by glob: the file's stem is the algorithm's id, its other exports are parts it owns. */
import { unknownName } from '../engine/names.ts';
import type { SlotTwin } from '../engine/twin.ts';
import { type Algorithm, DEFAULT_FILLS, type Part, ROLES, type Role } from './algorithm.ts';

const modules = import.meta.glob<Record<string, unknown>>(['./*.ts', '!./index.ts', '!./algorithm.ts'], {
  eager: true,
});

const isPart = (x: unknown): x is Part => typeof x === 'object' && x !== null && 'role' in x && 'hyper' in x;

/** id -> algorithm, in alphabetical order. */
export const algorithms: Record<string, Algorithm> = {};
const parts = new Map<string, Part>();

for (const path of Object.keys(modules).sort()) {
  const stem = path.replace(/^.*\//, '').replace(/\.ts$/, '');
  const declared = modules[path].default as Algorithm | undefined;
  if (declared?.id !== stem)
    throw new Error(`src/algorithms/${stem}.ts: its default export has the id '${declared?.id}', wanted '${stem}'.`);
  algorithms[stem] = declared;
  for (const exported of Object.values(modules[path])) {
    if (!isPart(exported)) continue;
    const key = `${exported.role}/${exported.id}`;
    const other = parts.get(key);
    if (other && other !== exported)
      throw new Error(`src/algorithms/${stem}.ts: part '${key}' is declared twice; rename one.`);
    parts.set(key, exported);
  }
}

/** The algorithm of an id; throws with the nearest known name. */
export function algorithmOf(id: string): Algorithm {
  const a = Object.hasOwn(algorithms, id) ? algorithms[id] : undefined;
  if (!a) throw new Error(unknownName('algorithm', id, Object.keys(algorithms)));
  return a;
}

/** Every part of a role, by whichever paper introduced it. */
export const partsOf = (role: Role): Part[] => [...parts.values()].filter((p) => p.role === role);

/** The part of a role and id; throws with the nearest known name. */
export function partOf(role: Role, id: string): Part {
  const p = parts.get(`${role}/${id}`);
  if (!p)
    throw new Error(
      unknownName(
        `${role} part`,
        id,
        partsOf(role).map((q) => q.id),
      ),
    );
  return p;
}

/** slot -> file stem -> twin, over all parts: what the CPU engine calls. */
export function partTwins(): Record<string, Record<string, SlotTwin>> {
  const out: Record<string, Record<string, SlotTwin>> = {};
  for (const [slot, fill] of Object.entries(DEFAULT_FILLS)) out[slot] = { [fill.file]: fill.twin };
  for (const role of ROLES) {
    for (const p of partsOf(role)) {
      for (const [slot, fill] of Object.entries(p.slots ?? {})) {
        out[slot] ??= {};
        out[slot][fill.file] = fill.twin;
      }
    }
  }
  return out;
}
