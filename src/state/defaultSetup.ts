/** The setup that links are relative to. */
import type { Setup } from './urlState.ts';

/** The run that a visitor without a link sees: one that learns within seconds on any device. */
export const DEFAULT_SETUP: Setup = {
  config: {
    task: 'sum_to_target',
    policy: 'tabular',
    algorithm: 'grpo',
    parts: {},
    task_settings: {},
    policy_settings: {},
    batch: {},
    hyper: {},
    seed: 1,
  },
  engine: 'auto',
  speed: 20, // the default run has learned after some fifty steps: at full speed there would be nothing to watch
};
