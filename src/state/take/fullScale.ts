/** The present setup as another trainer would take it. */

import type { Knob } from '../../engine/table.ts';
import type { FullScaleRun } from '../../fullscale/launch.ts';
import type { RunConfig } from '../../trainer/protocol.ts';
import { type Catalogue, own, settingTables } from '../catalogue.ts';
import { filledConfig } from './documents.ts';

/** A configuration with every default filled in. */
export function fullScaleRun(catalogue: Catalogue, config: RunConfig): FullScaleRun {
  const { algorithm, task, policy, seed, parts, hyper, batch, task_settings, policy_settings } = filledConfig(
    catalogue,
    config,
  );
  const knobs: Record<string, Knob> = Object.assign({}, ...Object.values(settingTables(catalogue, config)));
  return {
    algorithm,
    task,
    policy,
    seed,
    parts: parts as FullScaleRun['parts'],
    hyper,
    batch,
    task_settings,
    policy_settings,
    rules: Object.keys(own(catalogue.tasks, config.task)?.rules ?? {}),
    knobs,
  };
}

/** The same algorithm with the same parts and no setting touched. */
export const plainRun = (catalogue: Catalogue, config: RunConfig): FullScaleRun =>
  fullScaleRun(catalogue, { ...config, hyper: {}, batch: {}, task_settings: {}, policy_settings: {} });
