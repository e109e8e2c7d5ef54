/** A playground whose trainer is the real one, on the CPU engine and in this thread. */
import { vi } from 'vitest';
import { type Lab, makeLab } from '../../../src/state/lab.ts';
import { registries } from '../../../src/state/registries.ts';
import { Trainer } from '../../../src/trainer/trainer.ts';

/** Opens a playground at a query, paused at step 0. */
export async function realLab(query: string): Promise<Lab> {
  const search = `?engine=cpu&speed=0&${query}`;
  const lab = makeLab(
    registries,
    () => ({ api: new Trainer(), broken: new Promise(() => {}), close: () => {} }),
    search,
  );
  lab.run.getState().setWanted(false);
  await lab.runs.getState().begin();
  await lab.session.begin();
  if (lab.run.getState().problem !== '') throw new Error(lab.run.getState().problem);
  return lab;
}

const PATIENCE = { timeout: 15_000 };

/** Takes steps one by one and waits for their rows. */
export async function takeSteps({ run, session }: Lab, count: number): Promise<void> {
  const before = run.getState().metrics.num_rows;
  for (let k = 0; k < count; k++) await session.step();
  await vi.waitFor(() => {
    if (run.getState().metrics.num_rows !== before + count) throw new Error('rows are missing');
  }, PATIENCE);
}
