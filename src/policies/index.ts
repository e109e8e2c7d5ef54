/** Every policy, found by glob: stem = id. */
import { unknownName } from '../engine/names.ts';
import type { Policy } from './policy.ts';

const modules = import.meta.glob<{ default: Policy }>(['./*.ts', '!./index.ts', '!./policy.ts'], { eager: true });

/** id -> policy. */
export const policies: Record<string, Policy> = {};
for (const path of Object.keys(modules).sort()) {
  const stem = path.replace(/^.*\//, '').replace(/\.ts$/, '');
  const declared = modules[path].default;
  if (declared?.id !== stem)
    throw new Error(`src/policies/${stem}.ts: its default export has the id '${declared?.id}', wanted '${stem}'.`);
  policies[stem] = declared;
}

/** The policy of an id; throws with the nearest known name. */
export function policyOf(id: string): Policy {
  const p = Object.hasOwn(policies, id) ? policies[id] : undefined;
  if (!p) throw new Error(unknownName('policy', id, Object.keys(policies)));
  return p;
}
