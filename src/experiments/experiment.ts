/** What an experiment is: a question, arms to train, numbers to measure, and sentences of papers to hold against them. */
import { defaultRun } from '../trainer/defaultRun.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import type { Measure } from './lib/measures.ts';
import type { Relation } from './lib/statistics.ts';

/** The part of a run's configuration that an arm names; the rest is the experiment's base, then the default. */
export type Setup = Partial<Omit<RunConfig, 'seed'>>;

/** A change in mid-run: first another algorithm or other parts, then new values. The weights stay. */
export interface Change {
  /** first step that sees the change */
  at: number;
  algorithm?: string;
  parts?: Record<string, string>;
  hyper?: Record<string, number>;
}

/** One configuration of an experiment. */
export interface Arm extends Setup {
  /** what is special about it, in words */
  doc: string;
  schedule?: readonly Change[];
  /**
   * `seeds` (usual): replicas are seeds, side by side in one run. `ensemble`: the replicas belong together, such as
   * policies that vote; seeds run one after another, and a seed's number is the mean over its replicas.
   */
  replicas_are?: 'seeds' | 'ensemble';
}

/** An evaluation under other task rules, which leaves the run untouched. Its metrics are read as `name:metric`. */
export interface Probe {
  /** steps between two probes, from step 0 on */
  every: number;
  /** values that replace the run's while the probe evaluates */
  hyper: Record<string, number>;
}

/** One sentence of a paper, as a relation between two measured numbers. */
export interface Claim<A extends string = string, M extends string = string> {
  says: string;
  /** who says so: a paper's arXiv id, or where else it is written */
  source: string;
  left: readonly [arm: A, measure: M];
  is: Relation;
  /** another arm's measure, or a number */
  right: readonly [arm: A, measure: M] | number;
  /** for `near`: the largest difference that still counts as none */
  within?: number;
}

/** A question with a measurable answer. One file per experiment, found by its name. */
export interface Experiment<A extends string = string, M extends string = string> {
  /** file stem */
  id: string;
  title: string;
  /** one sentence with a question mark */
  question: string;
  /** ids of the papers' cards */
  papers: readonly string[];
  /** what all arms share */
  base: Setup;
  arms: Record<A, Arm>;
  steps: number;
  /** seeds unless the command says otherwise */
  seeds: number;
  probes?: Record<string, Probe>;
  measures: Record<M, Measure>;
  claims: readonly Claim<NoInfer<A>, NoInfer<M>>[];
  /** how the settings were found, where they were looked for: a reader should know what was tried before */
  chosen?: string;
  /** metrics whose mean curves are kept for the page */
  curves: readonly string[];
}

/** Declares an experiment; the types hold that claims name its own arms and measures. */
export const experiment = <const A extends string, const M extends string>(declared: Experiment<A, M>): Experiment =>
  declared;

const TABLES = ['parts', 'task_settings', 'policy_settings', 'batch', 'hyper'] as const;

/** The configuration of an arm at step 0: defaults, the experiment's base, the arm's own; tables are merged by name. */
export function configOf(declared: Experiment, arm: string, seed: number): RunConfig {
  const { base } = declared;
  const { doc: _, schedule: __, replicas_are: ___, ...own } = declared.arms[arm];
  const tables = TABLES.map((name) => [name, { ...base[name], ...own[name] }]);
  return defaultRun({ ...base, ...own, ...Object.fromEntries(tables), seed });
}

/** A configuration as it is after a change; like a run's exchange, another algorithm brings its own parts. */
export const configAfter = (config: RunConfig, change: Change): RunConfig => ({
  ...config,
  algorithm: change.algorithm ?? config.algorithm,
  parts: change.algorithm === undefined ? { ...config.parts, ...change.parts } : { ...change.parts },
  hyper: { ...config.hyper, ...change.hyper },
});
