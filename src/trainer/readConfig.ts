/** The configuration of a run, read from outside. */
import { each, finite, record, text, whole } from '../engine/readers.ts';
import type { RunConfig } from './protocol.ts';

/** A configuration of the right form; throws `Unreadable`. Whether this build knows its names is for `resolve` to say. */
export function readConfig(name: string, value: unknown): RunConfig {
  const config = record(name, value);
  const numbers = (place: 'task_settings' | 'policy_settings' | 'batch' | 'hyper') =>
    each(`${name}.${place}`, config[place], finite);
  return {
    task: text(`${name}.task`, config.task),
    policy: text(`${name}.policy`, config.policy),
    algorithm: text(`${name}.algorithm`, config.algorithm),
    parts: each(`${name}.parts`, config.parts, text),
    task_settings: numbers('task_settings'),
    policy_settings: numbers('policy_settings'),
    batch: numbers('batch'),
    hyper: numbers('hyper'),
    seed: whole(`${name}.seed`, config.seed, 0),
  };
}
