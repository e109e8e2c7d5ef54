/** One playground: three stores and the session that ties them to a trainer. A page may hold several. */
import type { Catalogue } from './catalogue.ts';
import { makeRunStore, type RunStore } from './runStore.ts';
import { type Connect, makeSession, type Session } from './session.ts';
import { makeSetupStore, type SetupStore } from './setupStore.ts';
import { makeViewStore, type ViewStore } from './viewStore.ts';

/** Everything a component can reach. */
export interface Lab {
  catalogue: Catalogue;
  run: RunStore;
  setup: SetupStore;
  view: ViewStore;
  session: Session;
}

/** Makes a playground from a query string; nothing runs before `session.begin()`. */
export function makeLab(catalogue: Catalogue, connect: Connect, search: string): Lab {
  const stores = { run: makeRunStore(), setup: makeSetupStore(catalogue, search), view: makeViewStore() };
  return { catalogue, ...stores, session: makeSession(catalogue, stores, connect) };
}
