/** The browser's side of the benchmark: one job in, one result out. */
import { openDevice } from '../src/trainer/device.ts';
import { type Job, runJob } from './job.ts';

self.onmessage = async (event: MessageEvent<Job>) => {
  try {
    postMessage({ ok: true, ...(await runJob(event.data, () => openDevice(navigator.gpu))) });
  } catch (error) {
    postMessage({ ok: false, error: (error as Error).message });
  }
};
