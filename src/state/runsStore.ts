/** The runs of this visitor: the live one as it is written down, the kept ones, and those that lie over the charts. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunConfig } from '../trainer/protocol.ts';
import type { Catalogue } from './catalogue.ts';
import { plural } from './format.ts';
import type { RunStore } from './runStore.ts';
import {
  type CompareBy,
  LEAST_ROWS,
  LETTERS,
  LONGEST_NAME,
  MOST_OVERLAYS,
  type Overlay,
  type Recording,
  type RunMeta,
  type RunRows,
  superfluous,
} from './runs.ts';
import { namesOfRuns } from './runsDiff.ts';
import { Recorder } from './runsRecorder.ts';
import {
  type Chosen,
  memoryStorage,
  type OpenStorage,
  type RawRun,
  type RunStorage,
  readMeta,
  readRows,
} from './runsStorage.ts';

const JOIN_EVERY_MS = 1000;
const SAVE_EVERY_MS = 10_000;

/** The live run as far as the reader chose something for it. */
export interface LiveRun extends Pick<Chosen, 'name' | 'is_pinned'> {
  id: string;
  /** as it was at its first step */
  config: RunConfig | undefined;
  began_ms: number;
}

/** What was taken away and can be put back. */
export interface Removed {
  /** what was done, in words */
  text: string;
  /** of this visit's deletions, which one */
  number: number;
}

/** The runs as the page shows them. */
export interface RunsState {
  live: LiveRun | undefined;
  /** kept runs, the newest first; never the live one */
  entries: RunMeta[];
  /** what each run is called, the live one included, by id */
  names: ReadonlyMap<string, string>;
  overlays: readonly Overlay[];
  compare_by: CompareBy;
  /** of all that is stored */
  bytes: number;
  /** one sentence about stored runs that could not be read, '' when all could */
  unreadable: string;
  /** one sentence about the storage, '' when there is nothing to say */
  problem: string;
  removed: Removed | undefined;
  /** Opens the storage and follows the run store from now on. */
  begin(): Promise<void>;
  /** Keeps the live run over the charts and starts a fresh one with its settings and seed. */
  keepAndCompare(reset: () => Promise<void>): Promise<void>;
  rename(id: string, name: string): void;
  pin(id: string, is_pinned: boolean): void;
  overlay(id: string, is_overlaid: boolean): void;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
  undo(): Promise<void>;
  setCompareBy(by: CompareBy): void;
  dismiss(): void;
  /** Writes the live run down now. */
  flush(): Promise<void>;
  /** Resolves when everything that was asked for so far has been done. */
  settled(): Promise<void>;
}
/** The store of the runs. */
export type RunsStore = StoreApi<RunsState>;

/** One sentence about a storage that refuses. */
function storageSentence(error: unknown, what: string): string {
  const name = error instanceof Error ? error.name : String(error);
  if (name === 'VersionError')
    return 'The stored runs were written by a newer version of this page, so they were left alone and runs last until this tab is closed; reload the page to see them.';
  if (name === 'QuotaExceededError')
    return `The browser has no room left for ${what} (${name}), so it lasts until this tab is closed; delete runs to make room.`;
  return `The browser refused to store ${what} (${name}), so it lasts until this tab is closed; allow this page to store data to keep it longer.`;
}

const newId = (): string =>
  globalThis.crypto?.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

/** Makes the store; nothing is read or written before `begin()`. */
export function makeRunsStore(
  catalogue: Catalogue,
  run: RunStore,
  open: OpenStorage = async () => memoryStorage(),
): RunsStore {
  const local = new Map<string, Recording>(); // finished or live runs that are not stored, or not yet
  const rows = new Map<string, RunRows>(); // of overlaid runs
  /** this tab's overlays by run: those that were stored when it was opened, and its own choices since */
  const slots = new Map<string, number>();
  /** runs on their way out: shown no more, whatever the storage still holds */
  const leaving = new Set<string>();
  let taken: { number: number; runs: RawRun[] } = { number: 0, runs: [] }; // by the last removal
  let is_read = false;
  let stored: RunMeta[] = [];
  let unreadable_ids: string[] = [];
  let storage: RunStorage | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let recorder: Recorder | undefined;
  let began_ms = 0;
  let joined_ms = 0;
  let saved_ms = 0;
  let is_following = false;

  return createStore<RunsState>()((set, get) => {
    /** One request to the storage after another; what it refuses becomes a sentence. */
    const enqueue = <T>(what: string, work: (place: RunStorage) => Promise<T>): Promise<T | undefined> => {
      const next = queue.then(async () => {
        if (!storage) return undefined;
        try {
          return await work(storage);
        } catch (error) {
          set({ problem: storageSentence(error, what) });
          return undefined;
        }
      });
      queue = next;
      return next;
    };

    const metas = (): RunMeta[] => {
      const of_local = [...local.values()].map(({ meta }) => meta);
      return [...stored.filter(({ id }) => !local.has(id) && !leaving.has(id)), ...of_local];
    };

    const slotOf = (id: string) => slots.get(id) ?? -1;

    /** Shows what there is now. */
    const publish = () => {
      const live = recorder && {
        id: recorder.id,
        name: recorder.chosen.name,
        is_pinned: recorder.chosen.is_pinned,
        config: recorder.config,
        began_ms,
      };
      const all = metas();
      const entries = all
        .filter(({ id }) => id !== live?.id)
        .map((meta) => ({ ...meta, slot: slotOf(meta.id) })) // another tab's overlays are its own business
        .sort((a, b) => b.began_ms - a.began_ms);
      seat(entries);
      const named = live?.config ? [...entries, { ...live, config: live.config, edits: [] }] : entries;
      const names = namesOfRuns(catalogue, named);
      const overlays: Overlay[] = [];
      for (const { id, slot } of entries) {
        const found = local.get(id)?.rows ?? rows.get(id);
        if (slot >= 0 && found) overlays.push({ id, slot, name: names.get(id) ?? id, rows: found });
      }
      overlays.sort((a, b) => a.slot - b.slot);
      const bytes = all.reduce((sum, meta) => sum + meta.bytes, 0);
      set({ live, entries, names, overlays, bytes });
    };

    /** Gives a slot to one run only, the newest that asks for it: two tabs may have stored it for one each. */
    const seat = (entries: RunMeta[]) => {
      const taken = new Set<number>();
      entries.forEach((meta, k) => {
        if (meta.slot < 0) return;
        const free = [meta.slot, ...LETTERS.split('').keys()].find((slot) => slot < MOST_OVERLAYS && !taken.has(slot));
        if (free !== undefined) taken.add(free);
        if (free !== meta.slot) entries[k] = { ...meta, slot: free ?? -1 };
      });
    };

    /** Reads again what is stored. */
    const refresh = async (place: RunStorage) => {
      const found = await place.list();
      const read = found.map((raw) => ({ id: raw.id, meta: readMeta(raw) }));
      const bad = read.filter((one): one is { id: string; meta: string } => typeof one.meta === 'string');
      stored = read.flatMap(({ meta }) => (typeof meta === 'string' ? [] : [meta]));
      unreadable_ids = bad.map(({ id }) => id);
      set({
        unreadable:
          bad.length === 0
            ? ''
            : `${bad.length === 1 ? 'A stored run' : `${bad.length} stored runs`} could not be read (${bad[0].meta}) and ${bad.length === 1 ? 'was' : 'were'} left as found; 'Clear all' removes ${bad.length === 1 ? 'it' : 'them'}.`,
      });
      if (!is_read) for (const { id, slot } of stored) if (!slots.has(id)) slots.set(id, slot);
      is_read = true;
      for (const { id } of stored) if (slotOf(id) >= 0) await fetchRows(place, id);
      for (const id of rows.keys()) if (!stored.some((meta) => meta.id === id)) rows.delete(id);
      publish();
    };

    const fetchRows = async (place: RunStorage, id: string) => {
      if (rows.has(id) || local.has(id)) return;
      const read = readRows(await place.rows(id), id);
      if (typeof read === 'string') {
        set({
          problem: `The rows of a stored run could not be read (${read}), so it is not drawn; delete it if you do not need it.`,
        });
      } else rows.set(id, read);
    };

    /** Removes what is too much. */
    const tidy = async (place: RunStorage) => {
      const ids = superfluous(metas(), recorder?.id);
      if (ids.length === 0) return;
      for (const id of ids) local.delete(id);
      await place.remove(ids);
    };

    const save = (recording: Recording) => {
      local.set(recording.meta.id, recording);
      slots.set(recording.meta.id, recording.meta.slot);
      publish();
      return enqueue('the run', async (place) => {
        if (local.get(recording.meta.id) !== recording) return; // deleted, or written anew, in the meantime
        try {
          await place.save(recording);
        } catch (error) {
          const oldest = stored
            .filter((meta) => !meta.is_pinned && meta.slot < 0 && meta.id !== recording.meta.id)
            .sort((a, b) => a.began_ms - b.began_ms)[0];
          if (!oldest || (error as Error)?.name !== 'QuotaExceededError') throw error;
          await place.remove([oldest.id]);
          await place.save(recording);
        }
        if (recording.meta.slot >= 0) rows.set(recording.meta.id, recording.rows);
        if (local.get(recording.meta.id) === recording) local.delete(recording.meta.id);
        await refresh(place);
        await tidy(place);
        await refresh(place);
      });
    };

    /** Writes the run of a recorder down, if it is long enough. */
    const keep = async (of: Recorder | undefined): Promise<void> => {
      if (!of || of.num_rows < LEAST_ROWS) return;
      const recording = of.record();
      if (recording) await save(recording);
    };

    const follow = () => {
      const state = run.getState();
      const now = Date.now();
      if (!recorder || recorder.generation !== state.metrics.generation) {
        const former = recorder;
        began_ms = Math.max(now, began_ms + 1); // no two runs began at once
        recorder = new Recorder(newId(), began_ms, state);
        joined_ms = now;
        saved_ms = now;
        void keep(former);
        publish();
        return;
      }
      const { config } = recorder;
      const is_paused = is_going && !state.is_wanted;
      is_going = state.is_wanted;
      recorder.follow(state);
      if (recorder.config !== config) publish();
      if (now - joined_ms > JOIN_EVERY_MS) {
        joined_ms = now;
        recorder.join();
      }
      if (is_paused || now - saved_ms > SAVE_EVERY_MS) {
        saved_ms = now;
        void keep(recorder);
      }
    };
    let is_going = run.getState().is_wanted;

    /** Changes what the reader chose for a run, wherever it is. */
    const choose = (id: string, chosen: Partial<Chosen>) => {
      if (recorder?.id === id) Object.assign(recorder.chosen, chosen);
      if (chosen.slot !== undefined) slots.set(id, chosen.slot);
      const here = local.get(id);
      if (here) local.set(id, { ...here, meta: { ...here.meta, ...chosen } });
      stored = stored.map((meta) => (meta.id === id ? { ...meta, ...chosen } : meta));
      publish();
      const again = local.get(id);
      if (again && again !== here) void save(again); // what is stored already wins over it, so that is told as well
      return enqueue('the change', async (place) => {
        await place.choose(id, chosen);
        await refresh(place); // a list that was read before it may have arrived since
      });
    };

    const takeAway = async (ids: readonly string[], text: string) => {
      const here = ids.flatMap((id) => {
        const found = local.get(id);
        local.delete(id);
        return found ? [{ id, meta: found.meta, rows: found.rows }] : [];
      });
      for (const id of ids) leaving.add(id);
      const removal: typeof taken = { number: taken.number + 1, runs: here };
      taken = removal;
      set({ removed: { text, number: removal.number } });
      publish();
      await enqueue('the change', async (place) => {
        const known = new Set(here.map(({ id }) => id));
        try {
          const runs = await place.remove(ids);
          removal.runs = [...here, ...runs.filter(({ id }) => !known.has(id))];
          stored = stored.filter(({ id }) => !ids.includes(id)); // gone, whenever the list is read
        } finally {
          for (const id of ids) leaving.delete(id);
          await refresh(place);
        }
      });
    };

    return {
      live: undefined,
      entries: [],
      names: new Map(),
      overlays: [],
      compare_by: 'step',
      bytes: 0,
      unreadable: '',
      problem: '',
      removed: undefined,
      begin: async () => {
        if (!is_following) {
          is_following = true;
          run.subscribe(follow);
          follow();
        }
        queue = queue.then(async () => {
          try {
            storage = await open();
            await refresh(storage);
          } catch (error) {
            set({
              problem: storageSentence(error, 'runs')
                .replaceAll('it lasts', 'they last')
                .replace('keep it', 'keep them'),
            });
            storage = memoryStorage();
          }
          storage.watch(() => void enqueue('runs', refresh));
        });
        await queue;
      },
      keepAndCompare: async (reset) => {
        if (!recorder || recorder.num_rows < LEAST_ROWS) {
          run
            .getState()
            .setProblem(
              `The run has ${plural(recorder?.num_rows ?? 0, 'step')}; a run is kept from ${plural(LEAST_ROWS, 'step')} on. Let it go on a little and try again.`,
            );
          return;
        }
        const { entries } = get();
        const taken = entries.filter(({ slot }) => slot >= 0);
        let slot = freeSlot(taken);
        const oldest = slot === undefined ? taken.at(-1) : undefined;
        if (oldest) {
          slot = oldest.slot;
          void choose(oldest.id, { slot: -1 });
        }
        recorder.chosen.slot = slot ?? -1;
        const kept = recorder;
        await reset();
        if (recorder !== kept) return;
        kept.chosen.slot = -1; // the reset was refused: the run goes on
        if (oldest) void choose(oldest.id, { slot: oldest.slot });
      },
      rename: (id, name) => void choose(id, { name: name.trim().slice(0, LONGEST_NAME) }),
      pin: (id, is_pinned) => void choose(id, { is_pinned }),
      overlay: (id, is_overlaid) => {
        const slot = is_overlaid ? freeSlot(get().entries.filter((meta) => meta.slot >= 0)) : -1;
        if (slot === undefined) return;
        void choose(id, { slot });
        if (slot >= 0)
          void enqueue('the run', async (place) => {
            await fetchRows(place, id);
            publish();
          });
      },
      remove: async (id) => {
        await takeAway([id], `Deleted '${get().names.get(id) ?? id}'.`);
      },
      clear: async () => {
        const ids = [...new Set([...metas().map(({ id }) => id), ...unreadable_ids])];
        await takeAway(ids, 'Deleted all kept runs.');
      },
      undo: async () => {
        if (!get().removed) return;
        const removal = taken;
        set({ removed: undefined });
        await enqueue('the runs', async (place) => {
          await place.putBack(removal.runs); // by its turn the removal is done, and has handed over what it took
          await refresh(place);
        });
      },
      setCompareBy: (compare_by) => set({ compare_by }),
      dismiss: () => set({ problem: '', removed: undefined }),
      flush: async () => {
        saved_ms = Date.now();
        await keep(recorder);
      },
      settled: async () => {
        await queue;
      },
    };
  });
}

const freeSlot = (taken: readonly RunMeta[]): number | undefined =>
  [...LETTERS.split('').keys()].find((slot) => !taken.some((meta) => meta.slot === slot));
