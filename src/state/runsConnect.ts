/** Ties the kept runs to the browser: its database, fetched when it is needed, and the moment in which a page may go. */
import type { OpenStorage } from './runsStorage.ts';
import type { RunsStore } from './runsStore.ts';

/** The browser's database as a place for runs. */
export const openRunStorage: OpenStorage = async () => (await import('./runsIdb.ts')).openIdb();

/** Writes the live run down whenever the page is hidden: nobody is told when a hidden page ends. */
export function flushWhenHidden(runs: RunsStore, page: Document): void {
  page.addEventListener('visibilitychange', () => {
    if (page.visibilityState === 'hidden') void runs.getState().flush();
  });
}
