/** What the user chose. Its serialisation is the page's address. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunConfig } from '../trainer/protocol.ts';
import { type Catalogue, withoutDefaults } from './catalogue.ts';
import { DEFAULT_SETUP } from './defaultSetup.ts';
import { type EngineChoice, readQuery, type Setup, versioned, writeQuery } from './urlState.ts';

export { DEFAULT_SETUP };

/** The setup, and the complaints about the link it came from. */
export interface SetupState extends Setup {
  complaints: string[];
  setConfig(config: RunConfig): void;
  setEngine(engine: EngineChoice): void;
  setSpeed(speed: number): void;
  dismiss(): void;
}
/** The store of what the user chose. */
export type SetupStore = StoreApi<SetupState>;

/** Makes the store from a query string. */
export function makeSetupStore(catalogue: Catalogue, search: string): SetupStore {
  const { setup, complaints } = readQuery(catalogue, DEFAULT_SETUP, search);
  return createStore<SetupState>()((set) => ({
    ...setup,
    complaints,
    setConfig: (config) => set({ config: withoutDefaults(catalogue, config) }),
    setEngine: (engine) => set({ engine }),
    setSpeed: (speed) => set({ speed }),
    dismiss: () => set({ complaints: [] }),
  }));
}

const WRITE_AFTER_MS = 400; // browsers refuse more than about a hundred changes of the address in half a minute

/** Keeps the page's address equal to the setup, and the other way round never. Returns what stops it. */
export function keepAddress(
  catalogue: Catalogue,
  store: SetupStore,
  page: Pick<Window, 'location' | 'history'>,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    timer = undefined;
    const { location, history } = page;
    const query = versioned(writeQuery(catalogue, DEFAULT_SETUP, store.getState(), location.search));
    if (query !== location.search) history.replaceState(history.state, '', location.pathname + query + location.hash);
  };
  const stop = store.subscribe((state, before) => {
    if (state.config === before.config && state.engine === before.engine && state.speed === before.speed) return;
    clearTimeout(timer);
    timer = setTimeout(write, WRITE_AFTER_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
