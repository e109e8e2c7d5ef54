/** What is handed to another trainer: settings of ours, keys of theirs, and what becomes of each on the way. */
import { ROLES, type Role } from '../algorithms/algorithm.ts';
import type { Knob } from '../engine/table.ts';

export type Value =
  | string
  | number
  | boolean
  | null
  | readonly (string | number)[]
  | { readonly [name: string]: number };
export type Values = Record<string, Value>;

/** A run with every default filled in. */
export interface FullScaleRun {
  algorithm: string;
  task: string;
  policy: string;
  seed: number;
  parts: Record<Role, string>;
  hyper: Record<string, number>;
  batch: Record<string, number>;
  task_settings: Record<string, number>;
  policy_settings: Record<string, number>;
  /** of the hyperparameters, those that are rules of the task */
  rules: readonly string[];
  knobs: Record<string, Knob>;
}

/**
 * same: the same meaning and number. rescaled: another unit. approximate: nearly the same. replaced: the toy's number would
 * not do for a language model. none: no counterpart.
 */
export type Kind = 'same' | 'rescaled' | 'approximate' | 'replaced' | 'none';

/** What a rule says of one setting. */
export interface Said {
  kind: Kind;
  set?: Values;
  /** verl: keys that its configuration does not have yet */
  add?: Values;
  /** one sentence; required unless the kind is `same` */
  text?: string;
  /** why this setting cannot be run there, as a sentence */
  refuse?: string;
}
export type Rule = (run: FullScaleRun) => Said;

/** What a trainer has for ours. */
export interface Mapping {
  trainer: TrainerId;
  title: string;
  /** role/part -> rule; a part without one has no built-in option */
  parts: Record<string, Rule>;
  hyper: Record<string, Rule>;
  batch: Record<string, Rule>;
  seed: Rule;
  /** keys that exist there, with their defaults; undefined where there is none */
  keys: Record<string, Value | undefined>;
  base: Values;
  /** what a combination cannot do, and keys that follow from several settings */
  finish?: (run: FullScaleRun, set: Values) => { set?: Values; drop?: readonly string[]; refuse?: readonly string[] };
}
export const TRAINERS = ['verl', 'trl'] as const;
export type TrainerId = (typeof TRAINERS)[number];

/** One setting of ours. */
export interface Entry {
  /** such as `hyper.learning_rate` or `part.advantage` */
  setting: string;
  ours: string;
  kind: Kind;
  keys: readonly string[];
  text: string;
}

/** Everything that a launch file says. */
export interface Launch {
  trainer: TrainerId;
  /** why nothing there can run this; empty when something can */
  refusals: readonly string[];
  set: Values;
  add: Values;
  entries: readonly Entry[];
}

const short = (value: number): string => String(Object.is(value, -0) ? 0 : Number(value.toPrecision(12)));

const oursText = (run: FullScaleRun, name: string, value: number): string =>
  run.knobs[name]?.choices?.[value] ?? short(value);

const NONE =
  (trainer: string): Rule =>
  () => ({ kind: 'none', text: `${trainer} has no key for it.` });

/** The run as that trainer would take it, or the reasons why it cannot. */
export function launchOf(mapping: Mapping, run: FullScaleRun): Launch {
  const { title, base, parts, hyper, batch } = mapping;
  const set: Values = { ...base };
  const add: Values = {};
  const entries: Entry[] = [];
  const refusals: string[] = [];
  const apply = (setting: string, ours: string, said: Said) => {
    Object.assign(set, said.set);
    Object.assign(add, said.add);
    if (said.refuse) refusals.push(said.refuse);
    const keys = [...Object.keys(said.set ?? {}), ...Object.keys(said.add ?? {})];
    entries.push({ setting, ours, kind: said.kind, keys, text: said.text ?? said.refuse ?? '' });
  };
  for (const role of ROLES) {
    const id = run.parts[role];
    const refuse = `The ${role} '${id}' has no built-in option in ${title}.`;
    const rule = parts[`${role}/${id}`] ?? (() => ({ kind: 'none' as const, refuse }));
    apply(`part.${role}`, id, rule(run));
  }
  for (const [place, table] of [
    ['batch', batch],
    ['hyper', hyper],
  ] as const) {
    for (const [name, value] of Object.entries(run[place])) {
      const is_rule = place === 'hyper' && run.rules.includes(name);
      const rule: Rule = is_rule
        ? () => ({ kind: 'none', text: 'A rule of the toy task; it belongs into the reward function.' })
        : (table[name] ?? NONE(title));
      apply(`${place}.${name}`, oursText(run, name, value), rule(run));
    }
  }
  apply('seed', String(run.seed), mapping.seed(run));
  const own = 'The toy task’s or policy’s own; data, model and lengths take its place.';
  for (const place of ['task_settings', 'policy_settings'] as const)
    for (const [name, value] of Object.entries(run[place]))
      apply(`${place === 'task_settings' ? 'task' : 'policy'}.${name}`, oursText(run, name, value), {
        kind: 'none',
        text: own,
      });
  const last = mapping.finish?.(run, set) ?? {};
  Object.assign(set, last.set);
  refusals.push(...(last.refuse ?? []));
  for (const key of last.drop ?? []) delete set[key];
  if (refusals.length > 0) {
    const bare = entries.map((entry) => ({ ...entry, keys: [], text: entry.text || 'Nothing takes it there.' }));
    return { trainer: mapping.trainer, refusals: [...new Set(refusals)], set: {}, add: {}, entries: bare };
  }
  const kept = entries.map((entry) => {
    const keys = entry.keys.filter((key) => key in set || key in add);
    const is_lost = keys.length === 0 && entry.keys.length > 0;
    return is_lost
      ? { ...entry, keys, kind: 'none' as const, text: `${title}’s trainer for this has no key for it.` }
      : { ...entry, keys };
  });
  return { trainer: mapping.trainer, refusals: [], set, add, entries: kept };
}

/** Updates of one rollout. */
export const updatesOf = (run: FullScaleRun): number => run.batch.minibatches * run.batch.epochs;

/** Processes that a launch file is written for. */
export const PROCESSES = 8;
const SCALE = 8; // prompts of a step: so many times ours, as a toy’s batch is too small for a language model
/** Steps, and the longest response, that a launch file begins with. */
export const STEPS = 200;
export const LENGTH = 2048;

/** Prompts per step at full scale: more than ours, and such that every update has rows for every process. */
export function promptsOf({ batch }: FullScaleRun): number {
  const { prompts, minibatches, group_size } = batch;
  return Math.max(SCALE * prompts, minibatches, Math.ceil((PROCESSES * minibatches) / group_size));
}
/** Rows of one update on one process. */
export const rowsPerUpdate = (run: FullScaleRun): number =>
  (promptsOf(run) * run.batch.group_size) / run.batch.minibatches / PROCESSES;

/** Learning rates of published scripts, with the script; the toy’s are a thousand times too large for a language model. */
const PUBLISHED_RATES: Record<string, readonly [number, string]> = {
  grpo: [1e-6, 'verl examples/grpo_trainer/run_qwen3_8b_fsdp.sh'],
  ppo: [1e-6, 'verl examples/ppo_trainer/run_qwen3_8b_fsdp.sh'],
  rloo: [1e-6, 'verl examples/rloo_trainer/run_qwen3_8b_fsdp.sh'],
  reinforce_plus_plus: [3e-6, 'verl examples/reinforce_plus_plus_trainer/run_qwen3_8b_fsdp.sh'],
  remax: [1e-6, 'verl examples/remax_trainer/run_qwen3_8b_fsdp.sh'],
  gspo: [1e-6, 'verl examples/gspo_trainer/run_qwen3_8b_fsdp.sh'],
  dapo: [1e-6, 'verl-recipe dapo/run_dapo_qwen2.5_32b.sh'],
  clip_cov: [1e-6, 'verl-recipe entropy/7b_clip_cov.sh'],
  kl_cov: [1e-6, 'verl-recipe entropy/7b_kl_cov.sh'],
};
const USUAL_RATE = 1e-6;
export const rateOf = ({ algorithm }: FullScaleRun): readonly [number, string] =>
  Object.hasOwn(PUBLISHED_RATES, algorithm) ? PUBLISHED_RATES[algorithm] : [USUAL_RATE, 'usual for a language model'];
