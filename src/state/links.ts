/** Links that set what runs: an address like any other, followed without loading the page again. */
import type { RunConfig } from '../trainer/protocol.ts';
import { own, withoutDefaults } from './catalogue.ts';
import type { Lab } from './lab.ts';
import { DEFAULT_SETUP } from './setupStore.ts';
import { versioned, writeQuery } from './urlState.ts';

/** True where this build has the algorithm, the task and the policy that a configuration names. */
export const canOpen = ({ catalogue }: Pick<Lab, 'catalogue'>, config: RunConfig): boolean =>
  own(catalogue.algorithms, config.algorithm) !== undefined &&
  own(catalogue.tasks, config.task) !== undefined &&
  own(catalogue.policies, config.policy) !== undefined;

/** The address of a configuration, relative to the page; engine and speed stay as they are. */
export function addressOf({ catalogue, setup }: Pick<Lab, 'catalogue' | 'setup'>, config: RunConfig): string {
  const { engine, speed } = setup.getState();
  const wanted = { config: withoutDefaults(catalogue, config), engine, speed };
  return versioned(writeQuery(catalogue, DEFAULT_SETUP, wanted)) || '?';
}

/** Opens a configuration in this page, from step 0, and lets it run. */
export async function openConfig({ run, session }: Pick<Lab, 'run' | 'session'>, config: RunConfig): Promise<void> {
  run.getState().setWanted(true);
  await session.open(config);
}
