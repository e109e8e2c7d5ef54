/** Runs in the browser's database. Every change is one transaction, so that two tabs cannot mix theirs. */
import type { RunMeta } from './runs.ts';
import { type RawRun, type RunStorage, withChosen } from './runsStorage.ts';

const NAME = 'rollout-lab-runs';
const SCHEMA = 1; // 1: `metas` with what is known of a run, `rows` with its rows, both under its id
const METAS = 'metas';
const ROWS = 'rows';

const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, SCHEMA);
    request.onupgradeneeded = () => {
      const { result } = request;
      for (const name of [METAS, ROWS]) if (!result.objectStoreNames.contains(name)) result.createObjectStore(name);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new DOMException('another tab holds an older version open', 'BlockedError'));
  });
}

/** Opens the database; refused where the browser has none for this page. */
export async function openIdb(): Promise<RunStorage> {
  const database = await openDatabase();
  database.onversionchange = () => database.close(); // a newer page in another tab may go ahead
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(NAME);

  /** One transaction over both stores: all of it happens, or nothing. */
  const change = async <T>(work: (metas: IDBObjectStore, rows: IDBObjectStore) => Promise<T>): Promise<T> => {
    const transaction = database.transaction([METAS, ROWS], 'readwrite');
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new DOMException('', 'AbortError'));
    });
    done.catch(() => {});
    let out: T;
    try {
      out = await work(transaction.objectStore(METAS), transaction.objectStore(ROWS));
    } catch (error) {
      try {
        transaction.abort();
      } catch {
        // it has ended by itself
      }
      throw error;
    }
    await done;
    channel?.postMessage('changed');
    return out;
  };
  const read = (name: string) => database.transaction(name, 'readonly').objectStore(name);

  return {
    list: async () => {
      const store = read(METAS);
      const [ids, metas] = await Promise.all([answer(store.getAllKeys()), answer<unknown[]>(store.getAll())]);
      return ids.map((id, k) => ({ id: String(id), meta: metas[k] }));
    },
    rows: (id) => answer<unknown>(read(ROWS).get(id)),
    save: ({ meta, rows }) =>
      change(async (metas, all_rows) => {
        const stored = await answer<unknown>(metas.get(meta.id));
        all_rows.put(rows, meta.id);
        await answer(metas.put(withChosen(meta, stored), meta.id));
      }),
    choose: (id, chosen) =>
      change(async (metas) => {
        const stored = await answer<RunMeta | undefined>(metas.get(id));
        if (stored) await answer(metas.put({ ...stored, ...chosen }, id));
      }),
    remove: (ids) =>
      change(async (metas, all_rows) => {
        const removed: RawRun[] = [];
        for (const id of ids) {
          const [meta, rows] = await Promise.all([answer<unknown>(metas.get(id)), answer<unknown>(all_rows.get(id))]);
          if (meta === undefined && rows === undefined) continue;
          removed.push({ id, meta, rows });
          metas.delete(id);
          all_rows.delete(id);
        }
        return removed;
      }),
    putBack: (runs) =>
      change(async (metas, all_rows) => {
        for (const { id, meta, rows } of runs) {
          if ((await answer(metas.count(id))) > 0) continue;
          if (meta !== undefined) metas.put(meta, id);
          if (rows !== undefined) all_rows.put(rows, id);
        }
      }),
    watch: (onChange) => {
      if (!channel) return () => {};
      channel.addEventListener('message', onChange);
      return () => channel.removeEventListener('message', onChange);
    },
  };
}
