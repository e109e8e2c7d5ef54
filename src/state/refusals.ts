/** What cannot be chosen next, and why: asked of the trainer, which checks a configuration without building a run. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { ROLES, type Role } from '../algorithms/algorithm.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import { type Catalogue, own, partOf } from './catalogue.ts';
import type { Session } from './session.ts';
import type { SetupStore } from './setupStore.ts';

/** Sentences of refusals, by id; what is not in here is allowed, or not yet known to be refused. */
export interface RefusalState {
  algorithms: Readonly<Record<string, string>>;
  parts: Readonly<Partial<Record<Role, Readonly<Record<string, string>>>>>;
  /** Asks what the present setup refuses, once per setup. */
  ask(): Promise<void>;
}
/** The store of refusals. */
export type RefusalStore = StoreApi<RefusalState>;

/** One choice that could be made next. */
interface Choice {
  role: Role | 'algorithm';
  id: string;
  config: RunConfig;
}

/** Every other algorithm, and every part that could be exchanged for the present one. */
export function choicesOf(catalogue: Catalogue, config: RunConfig): Choice[] {
  const bare = { ...config, hyper: {} }; // knobs that a choice does not know are left behind
  const others = Object.keys(catalogue.algorithms).filter((id) => id !== config.algorithm);
  return [
    ...others.map((id): Choice => ({ role: 'algorithm', id, config: { ...bare, algorithm: id, parts: {} } })),
    ...ROLES.flatMap((role) => {
      const present = partOf(catalogue, config, role)?.id;
      return catalogue
        .partsOf(role)
        .filter(({ id }) => id !== present)
        .map(({ id }): Choice => ({ role, id, config: { ...bare, parts: { ...config.parts, [role]: id } } }));
    }),
  ];
}

/** Makes the store; nothing is asked before `ask()`. */
export function makeRefusalStore(
  catalogue: Catalogue,
  setup: SetupStore,
  session: Pick<Session, 'refusals'>,
): RefusalStore {
  let asked = '';
  return createStore<RefusalState>()((set) => ({
    algorithms: {},
    parts: {},
    ask: async () => {
      const { config } = setup.getState();
      const key = JSON.stringify({ ...config, hyper: {}, seed: 0 }); // neither makes a difference
      if (key === asked) return;
      asked = key;
      const choices = choicesOf(catalogue, config);
      const sentences = await session.refusals(choices.map((choice) => choice.config));
      if (asked !== key) return; // a later setup was asked about
      if (!sentences) {
        asked = '';
        return;
      }
      const found: Record<string, Record<string, string>> = {};
      choices.forEach(({ role, id }, k) => {
        if (sentences[k]) found[role] = { ...own(found, role), [id]: sentences[k] };
      });
      const { algorithm = {}, ...parts } = found;
      set({ algorithms: algorithm, parts });
    },
  }));
}
