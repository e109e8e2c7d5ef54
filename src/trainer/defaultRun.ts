/** The run that all others are changes of: page, links, command line, experiments and tests start from it. */
import type { RunConfig } from './protocol.ts';

/** A fresh copy of what runs where nothing else is asked for, with some of its entries replaced. */
export const defaultRun = (change: Partial<RunConfig> = {}): RunConfig => ({
  task: 'sum_to_target',
  policy: 'tabular',
  algorithm: 'grpo',
  parts: {},
  task_settings: {},
  policy_settings: {},
  batch: {},
  hyper: {},
  seed: 1,
  ...change,
});
