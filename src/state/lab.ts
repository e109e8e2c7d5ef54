/** One playground: five stores and the session that ties them to a trainer. A page may hold several. */
import type { Catalogue } from './catalogue.ts';
import { makeRefusalStore, type RefusalStore } from './refusals.ts';
import { makeRunStore, type RunStore } from './runStore.ts';
import type { OpenStorage } from './runsStorage.ts';
import { makeRunsStore, type RunsStore } from './runsStore.ts';
import { type Connect, makeSession, type Session } from './session.ts';
import { makeSetupStore, type SetupStore } from './setupStore.ts';
import { makeViewStore, type ViewStore } from './viewStore.ts';

/** Everything a component can reach. */
export interface Lab {
  catalogue: Catalogue;
  run: RunStore;
  setup: SetupStore;
  view: ViewStore;
  runs: RunsStore;
  refusals: RefusalStore;
  session: Session;
}

/** Makes a playground from a query string; nothing runs before `session.begin()`, nothing is kept before `runs.begin()`. */
export function makeLab(catalogue: Catalogue, connect: Connect, search: string, storage?: OpenStorage): Lab {
  const stores = { run: makeRunStore(), setup: makeSetupStore(catalogue, search), view: makeViewStore() };
  const runs = makeRunsStore(catalogue, stores.run, storage);
  const session = makeSession(catalogue, stores, connect);
  const refusals = makeRefusalStore(catalogue, stores.setup, session);
  return { catalogue, ...stores, runs, refusals, session };
}
