/** Turns a RunConfig into checked objects, or into one sentence about what is wrong with it. */
import {
  type Algorithm,
  complainParts,
  type Part,
  type Parts,
  partsIn,
  ROLES,
  type Role,
} from '../algorithms/algorithm.ts';
import { algorithmOf, partOf } from '../algorithms/index.ts';
import type { EngineInfo } from '../engine/executor.ts';
import { unknownName } from '../engine/names.ts';
import { complainValue, fillTable, type Knob, type KnobTable } from '../engine/table.ts';
import { policyOf } from '../policies/index.ts';
import type { Policy, PolicyInstance } from '../policies/policy.ts';
import { taskOf } from '../tasks/index.ts';
import type { Task, TaskInstance } from '../tasks/task.ts';
import { hasHeadColumn, needs } from './needs.ts';
import { splitBatch, taskShape } from './plan.ts';
import type { RunConfig } from './protocol.ts';
import { BATCH, COMMON_HYPER } from './settings.ts';

export interface HyperEntry {
  name: string;
  /** the part or place the knob belongs to */
  group: string;
  knob: Knob;
}

export interface Resolved {
  config: RunConfig;
  algorithm: Algorithm;
  task: Task;
  instance: TaskInstance;
  policy_family: Policy;
  policy: PolicyInstance;
  parts: Parts;
  batch: Record<string, number>;
  /** knobs of this run, in slider order */
  hyper: HyperEntry[];
  /** their values */
  values: Record<string, number>;
}

/** Hyperparameters that kernels read whatever the parts are, with the value that switches them off. */
const SILENT: Record<string, number> = { kl_coef: 0, std_is_population: 0, whiten_is_population: 0, weight_low: 0 };

/** Names of the hyperparameter row, in buffer order. */
export const hyperNames = (r: Resolved): string[] => [
  ...new Set([...r.hyper.map((h) => h.name), ...Object.keys(SILENT), 'solved_reward']),
];

/** The hyperparameter row of one replica, in buffer order. */
export function hyperRow(r: Resolved, values: Record<string, number>): number[] {
  return hyperNames(r).map((name) =>
    name === 'solved_reward' ? r.instance.solved_reward : (values[name] ?? SILENT[name]),
  );
}

function collectParts(algorithm: Algorithm, chosen: Record<string, string>): Parts {
  const parts = partsIn(algorithm);
  for (const [role, id] of Object.entries(chosen)) {
    if (!ROLES.includes(role as Role)) throw new Error(unknownName('part role', role, [...ROLES]));
    parts[role as Role] = partOf(role as Role, id);
  }
  return parts;
}

function collectHyper(algorithm: Algorithm, parts: Parts, task: Task, policy: Policy): HyperEntry[] {
  const out: HyperEntry[] = [];
  const add = (group: string, table: KnobTable) => {
    for (const [name, knob] of Object.entries(table)) {
      if (out.some((h) => h.name === name)) continue;
      const value = algorithm.defaults?.[name] ?? (name === 'learning_rate' ? policy.learning_rate : knob.value);
      out.push({ name, group, knob: { ...knob, value } });
    }
  };
  add('optimiser', { learning_rate: COMMON_HYPER.learning_rate });
  for (const role of ROLES) add(role, (parts[role] as Part).hyper);
  const { learning_rate: _, ...common } = COMMON_HYPER;
  add('optimiser', common);
  add('task', task.rules);
  return out;
}

/** True when the start weights must score every rollout: a part always asks, or asks and one of its coefficients is above 0. */
export const wantsReference = (r: Pick<Resolved, 'parts'>, values: Record<string, number>[]): boolean =>
  needs(r.parts, 'ref_logp_always') ||
  ROLES.some((role) => {
    const { needs: asked, hyper } = r.parts[role];
    const coefficients = Object.keys(hyper).filter((name) => name.startsWith('kl_'));
    return asked?.includes('ref_logp') && coefficients.some((name) => values.some((v) => (v[name] ?? 0) > 0));
  });

let latest: { task: Task; key: string; instance: TaskInstance } | undefined;

/** The task with its settings. The latest one is kept: some enumerate thousands of prompts, and most changes keep the task. */
function instanceOf(task: Task, settings: Record<string, number>): TaskInstance {
  const key = JSON.stringify(settings);
  if (latest?.task !== task || latest.key !== key) latest = { task, key, instance: task.build(settings) };
  return latest.instance;
}

/** Checks every name and number of a configuration and builds what it names for an engine. Throws one sentence. */
export function resolve(config: RunConfig, engine?: EngineInfo): Resolved {
  const algorithm = algorithmOf(config.algorithm);
  const task = taskOf(config.task);
  const family = policyOf(config.policy);
  const parts = collectParts(algorithm, config.parts);
  const complaints = complainParts(parts);
  if (complaints.length > 0) throw new Error(complaints.join(' '));
  const batch = fillTable('batch setting', BATCH, { ...algorithm.batch, ...config.batch });
  splitBatch(batch.prompts, batch.group_size, batch.minibatches);
  const instance = instanceOf(task, fillTable(`setting of task ${task.id}`, task.settings, config.task_settings));
  const refused = ROLES.flatMap(
    (role) =>
      parts[role].refuses_task?.({
        title: task.title,
        kinds: instance.kinds?.length ?? 1,
        symbols: instance.sizes,
        replicas: batch.replicas,
      }) ?? [],
  );
  if (refused.length > 0) throw new Error(refused.join(' '));
  const settings = fillTable(`setting of policy ${family.id}`, family.settings, config.policy_settings);
  const policy = family.build(taskShape(instance), settings, {
    has_value_head: hasHeadColumn(parts),
    is_wide: engine?.kind === 'webgpu' && engine.is_software,
  });
  const hyper = collectHyper(algorithm, parts, task, family);
  const table: KnobTable = Object.fromEntries(hyper.map((h) => [h.name, h.knob]));
  const values = fillTable('hyperparameter', table, config.hyper);
  if (!Number.isInteger(config.seed) || config.seed < 0 || config.seed > 4294967295) {
    throw new Error(`seed is ${config.seed}; wanted a whole number from 0 to 4294967295.`);
  }
  return { config, algorithm, task, instance, policy_family: family, policy, parts, batch, hyper, values };
}

/** Checks one new value of a running run. Throws one sentence. */
export function checkHyper(r: Resolved, name: string, value: number): void {
  const entry = r.hyper.find((h) => h.name === name);
  if (!entry)
    throw new Error(
      unknownName(
        'hyperparameter',
        name,
        r.hyper.map((h) => h.name),
      ),
    );
  const complaint = complainValue(name, entry.knob, value);
  if (complaint) throw new Error(complaint);
}
