/** What can be chosen, and the tables that say which numbers a choice has: the page's view of the registries. */
import { type Algorithm, type Part, ROLES, type Role } from '../algorithms/algorithm.ts';
import type { Knob, KnobTable } from '../engine/table.ts';
import type { Policy } from '../policies/policy.ts';
import type { Task } from '../tasks/task.ts';
import type { RunConfig, RunInfo } from '../trainer/protocol.ts';
import { BATCH, COMMON_HYPER } from '../trainer/settings.ts';

/** The registries, as one thing that can be handed around. */
export interface Catalogue {
  algorithms: Record<string, Algorithm>;
  tasks: Record<string, Task>;
  policies: Record<string, Policy>;
  partsOf(role: Role): Part[];
}

/** The entry of a registry, or undefined; never something inherited such as `constructor`. */
export function own<T>(table: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** What a role is called on the page. */
export const ROLE_TITLES: Record<Role, string> = {
  source: 'Source',
  reward: 'Reward',
  advantage: 'Advantage',
  stabiliser: 'Stabiliser',
  correction: 'Correction',
  likelihood: 'Likelihood',
  regulariser: 'Regulariser',
  weighting: 'Weighting',
};

/** The question that a role answers. */
export const ROLE_QUESTIONS: Record<Role, string> = {
  source: 'Which responses are in the batch, and who wrote them?',
  reward: 'What is a response worth?',
  advantage: 'How good was a response or a token, relative to what?',
  stabiliser: 'Which tokens count, and against which policy are they weighted?',
  correction: 'What is done about samples that another policy drew?',
  likelihood: 'How does the likelihood itself enter?',
  regulariser: 'What holds the policy back?',
  weighting: 'How do the token terms add up to one loss?',
};

/** The part that plays a role in a run: the exchanged one, else the algorithm's own. */
export function partOf(catalogue: Catalogue, config: RunConfig, role: Role): Part | undefined {
  const id = own(config.parts, role);
  const exchanged = id === undefined ? undefined : catalogue.partsOf(role).find((part) => part.id === id);
  return exchanged ?? own(catalogue.algorithms, config.algorithm)?.[role];
}

const withDefaults = (table: KnobTable, defaults: Record<string, number> = {}): KnobTable =>
  Object.fromEntries(
    Object.entries(table).map(([name, knob]): [string, Knob] => {
      const value = own(defaults, name);
      return [name, value === undefined ? knob : { ...knob, value }];
    }),
  );

/** Every hyperparameter of a run with the default that its algorithm and policy give it. */
export function hyperTable(catalogue: Catalogue, config: RunConfig): KnobTable {
  const parts = ROLES.map((role) => partOf(catalogue, config, role)?.hyper ?? {});
  const rules = own(catalogue.tasks, config.task)?.rules ?? {};
  const table: KnobTable = Object.assign({}, rules, COMMON_HYPER, ...parts.reverse()); // a part's own knob goes first
  const learning_rate = own(catalogue.policies, config.policy)?.learning_rate ?? COMMON_HYPER.learning_rate.value;
  const defaults = own(catalogue.algorithms, config.algorithm)?.defaults;
  return withDefaults(withDefaults(table, { learning_rate }), defaults);
}

/** The knobs of a run under the headings they are shown with: the part they belong to, in the worker's order. */
export function hyperGroups(catalogue: Catalogue, config: RunConfig, knobs: RunInfo['hyper']) {
  const groups: { group: string; title: string; entries: RunInfo['hyper'] }[] = [];
  for (const entry of knobs) {
    if (groups.at(-1)?.group !== entry.group) {
      groups.push({ group: entry.group, title: groupTitle(catalogue, config, entry.group), entries: [] });
    }
    groups.at(-1)!.entries.push(entry);
  }
  groups.forEach((found, index) => {
    if (groups.slice(0, index).some((earlier) => earlier.group === found.group)) found.title += ', continued';
  });
  return groups;
}

function groupTitle(catalogue: Catalogue, config: RunConfig, group: string): string {
  const role = ROLES.find((known) => known === group);
  if (role) return `${ROLE_TITLES[role]}: ${partOf(catalogue, config, role)?.title}`;
  return group.charAt(0).toUpperCase() + group.slice(1);
}

/** The batch settings with the defaults that a run's algorithm recommends. */
export function batchTable(catalogue: Catalogue, config: RunConfig): KnobTable {
  return withDefaults(BATCH, own(catalogue.algorithms, config.algorithm)?.batch);
}

/** How many replicas a run has: its own number, or what its algorithm recommends. */
export const replicasOf = (catalogue: Catalogue, config: RunConfig): number =>
  config.batch.replicas ?? batchTable(catalogue, config).replicas.value;

/** The places of a configuration that hold settings, with their tables. */
export function settingTables(catalogue: Catalogue, config: RunConfig) {
  return {
    hyper: hyperTable(catalogue, config),
    batch: batchTable(catalogue, config),
    task_settings: own(catalogue.tasks, config.task)?.settings ?? {},
    policy_settings: own(catalogue.policies, config.policy)?.settings ?? {},
  } satisfies Record<SettingPlace, KnobTable>;
}

/** A record of numbers inside a configuration. */
export type SettingPlace = 'hyper' | 'batch' | 'task_settings' | 'policy_settings';
/** All of them, in the order in which they are written. */
export const SETTING_PLACES: readonly SettingPlace[] = ['task_settings', 'policy_settings', 'batch', 'hyper'];

/** The same configuration without what says nothing: values equal to the default, parts that the algorithm has anyway. */
export function withoutDefaults(catalogue: Catalogue, config: RunConfig): RunConfig {
  const parts: Record<string, string> = {};
  for (const role of ROLES) {
    const id = own(config.parts, role);
    if (id !== undefined && id !== own(catalogue.algorithms, config.algorithm)?.[role].id) parts[role] = id;
  }
  const out: RunConfig = { ...config, parts };
  const tables = settingTables(catalogue, out);
  for (const place of SETTING_PLACES) {
    const kept = Object.entries(config[place]).filter(([name, value]) => {
      const knob = own<Knob>(tables[place], name);
      return knob !== undefined && value !== knob.value;
    });
    out[place] = Object.fromEntries(kept);
  }
  return out;
}
