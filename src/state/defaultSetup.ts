/** The setup that links are relative to. */
import { defaultRun } from '../trainer/defaultRun.ts';
import type { Setup } from './urlState.ts';

/** What a visitor without a link sees: a run that learns within seconds on any device. */
export const DEFAULT_SETUP: Setup = {
  config: defaultRun(),
  engine: 'auto',
  speed: 20, // the default run has learned after some fifty steps: at full speed there would be nothing to watch
};
