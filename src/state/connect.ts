/** Starts the trainer's worker and notices when it dies. */
import { wrap } from 'comlink';
import type { TrainerApi } from '../trainer/protocol.ts';
import type { Connection } from './session.ts';

/** A trainer in a worker of its own. */
export function connectWorker(): Connection {
  const worker = new Worker(new URL('../trainer/worker.ts', import.meta.url), { type: 'module', name: 'trainer' });
  const broken = new Promise<string>((resolve) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      resolve(`The trainer stopped: ${event.message || 'its script could not be loaded'}. Restart it.`);
    });
    worker.addEventListener('messageerror', () => resolve('The trainer sent something unreadable. Restart it.'));
  });
  return { api: wrap<TrainerApi>(worker), broken, close: () => worker.terminate() };
}
