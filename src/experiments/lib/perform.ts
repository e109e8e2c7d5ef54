/** Performs an experiment: trains every arm for every seed, measures, and holds the claims against the numbers. */
import { unknownName } from '../../engine/names.ts';
import type { MetricInfo, RunConfig } from '../../trainer/protocol.ts';
import { resolve } from '../../trainer/resolve.ts';
import { type Change, configAfter, configOf, type Experiment } from '../experiment.ts';
import type { ArmResults, ClaimResult, Curve, Findings } from '../results.ts';
import type { Point, Series } from './measures.ts';
import { type Estimate, estimate, pairedDifference, unpairedDifference, verdictOf } from './statistics.ts';

/** Replicas of one run; more seeds run in rounds. */
const MOST_REPLICAS = 16;
/** Points of a kept curve: enough for a chart, small enough for a page. */
const MOST_POINTS = 150;
/** Members of an ensemble whose arm does not say how many it has. */
const ENSEMBLE = 4;

/** What an experiment needs of a run. */
export interface ExperimentRun {
  info(): { metrics: readonly MetricInfo[] };
  /** runs so many steps and returns all their rows: values are [replica][metric], NaN where not measured */
  advance(count: number): Promise<{ step: number; values: Float32Array }[]>;
  setHyper(name: string, value: number): Promise<unknown>;
  swap(change: { algorithm?: string; parts?: Record<string, string> }): Promise<unknown>;
  /** evaluates now under changed values and leaves the run untouched: metric -> one value per replica */
  probe?(hyper: Record<string, number>): Promise<Record<string, Float32Array>>;
}

/** Opens a run, and gives back what it holds when it is no longer needed. */
export type OpenRun = (config: RunConfig) => Promise<{ run: ExperimentRun; close(): void }>;

/** How often and how long, and which arms. */
export interface PerformOptions {
  seeds: number;
  /** seed of the first round; seed s of an arm is replica s */
  seed: number;
  /** steps, where they are not the experiment's own */
  steps?: number;
  /** all arms unless given */
  arms?: readonly string[];
  /** called after every few steps */
  onProgress?: (done: number, total: number, arm: string) => void;
}

/** The points of every metric of one replica. */
class SeedRecord implements Series {
  private readonly curves = new Map<string, Point[]>();
  constructor(readonly steps: number) {}

  points(metric: string): readonly Point[] {
    return this.curves.get(metric) ?? [];
  }
  get metrics(): string[] {
    return [...this.curves.keys()];
  }
  add(metric: string, step: number, value: number): void {
    if (Number.isNaN(value)) return;
    const points = this.curves.get(metric);
    if (points) points.push({ step, value });
    else this.curves.set(metric, [{ step, value }]);
  }
}

/** The runs of an arm: configuration without the schedule, and which seed each of its replicas belongs to. */
function roundsOf(declared: Experiment, arm: string, seeds: number, seed: number): RunConfig[] {
  const round = (k: number, replicas: number): RunConfig => {
    const config = configOf(declared, arm, (seed + k) % 2 ** 32);
    return { ...config, batch: { ...config.batch, replicas } };
  };
  if (declared.arms[arm].replicas_are === 'ensemble') {
    const members = configOf(declared, arm, seed).batch.replicas ?? ENSEMBLE;
    return Array.from({ length: seeds }, (_, s) => round(s, members));
  }
  return Array.from({ length: Math.ceil(seeds / MOST_REPLICAS) }, (_, k) =>
    round(k, Math.min(MOST_REPLICAS, seeds - k * MOST_REPLICAS)),
  );
}

/** A configuration with every default written out. Throws one sentence when something in it is wrong. */
function fullConfig(config: RunConfig): RunConfig {
  const { parts, batch, values, task, policy_family } = resolve(config);
  const defaults = (table: Record<string, { value: number }>) =>
    Object.fromEntries(Object.entries(table).map(([name, knob]) => [name, knob.value]));
  return {
    ...config,
    parts: Object.fromEntries(Object.entries(parts).map(([role, part]) => [role, part.id])),
    task_settings: { ...defaults(task.settings), ...config.task_settings },
    policy_settings: { ...defaults(policy_family.settings), ...config.policy_settings },
    batch,
    hyper: values,
  };
}

/** Checks an arm with all its changes; returns its full configuration. Throws one sentence that names the arm. */
export function checkArm(declared: Experiment, arm: string, seed = 1): RunConfig {
  try {
    const [config] = roundsOf(declared, arm, 1, seed);
    const full = fullConfig(config);
    let now = config;
    for (const change of changesOf(declared, arm)) {
      now = configAfter(now, change);
      // like a run's exchange: values that the new parts do not know are left behind
      const known = new Set(resolve({ ...now, hyper: {} }).hyper.map((h) => h.name));
      const kept = Object.entries(now.hyper).filter(([name]) => known.has(name) || name in (change.hyper ?? {}));
      now = { ...now, hyper: Object.fromEntries(kept) };
      resolve(now);
    }
    for (const { hyper } of Object.values(declared.probes ?? {}))
      resolve({ ...now, hyper: { ...now.hyper, ...hyper } });
    return full;
  } catch (error) {
    throw new Error(`experiment ${declared.id}, arm ${arm}: ${(error as Error).message}`);
  }
}

const changesOf = (declared: Experiment, arm: string): Change[] =>
  [...(declared.arms[arm].schedule ?? [])].sort((a, b) => a.at - b.at);

/** Trains one run to its end; one record per replica. `onSteps` gets the number of steps just done. */
async function train(
  declared: Experiment,
  arm: string,
  config: RunConfig,
  steps: number,
  open: OpenRun,
  onSteps: (count: number) => void,
): Promise<SeedRecord[]> {
  const replicas = config.batch.replicas;
  const records = Array.from({ length: replicas }, () => new SeedRecord(steps));
  const { run, close } = await open(config);
  const probes = Object.entries(declared.probes ?? {});
  const changes = changesOf(declared, arm);
  const most = Math.max(1, Math.ceil(steps / 20));
  /** the next step at which something else than a step happens */
  const nextMark = (step: number) =>
    Math.min(
      steps,
      step + most,
      ...changes.filter((c) => c.at > step).map((c) => c.at),
      ...probes.map(([, p]) => (Math.floor(step / p.every) + 1) * p.every),
    );
  try {
    for (let step = 0; step < steps; ) {
      for (const { at, algorithm, parts, hyper } of changes) {
        if (at !== step) continue;
        if (algorithm !== undefined || parts !== undefined) await run.swap({ algorithm, parts });
        for (const [name, value] of Object.entries(hyper ?? {})) await run.setHyper(name, value);
      }
      for (const [name, probe] of probes) {
        if (step % probe.every !== 0) continue;
        if (!run.probe) throw new Error(`experiment ${declared.id}: this run cannot probe; leave '${name}' out.`);
        for (const [metric, values] of Object.entries(await run.probe(probe.hyper)))
          records.forEach((record, r) => {
            record.add(`${name}:${metric}`, step, values[r]);
          });
      }
      const { metrics } = run.info();
      const until = nextMark(step);
      for (const row of await run.advance(until - step)) {
        records.forEach((record, r) => {
          metrics.forEach(({ id }, m) => {
            record.add(id, row.step, row.values[r * metrics.length + m]);
          });
        });
      }
      onSteps(until - step);
      step = until;
    }
  } finally {
    close();
  }
  return records;
}

const meanOf = (values: readonly number[]): number => {
  const known = values.filter((v) => !Number.isNaN(v));
  return known.reduce((sum, v) => sum + v, 0) / known.length;
};

/** Mean curve of a metric over seeds; neighbouring points share one where there are too many. */
function curveOf(seeds: readonly (readonly SeedRecord[])[], metric: string): Curve | undefined {
  const steps = [...new Set(seeds.flatMap((s) => s.flatMap((r) => r.points(metric).map((p) => p.step))))].sort(
    (a, b) => a - b,
  );
  if (steps.length === 0) return undefined;
  const width = Math.ceil(steps.length / MOST_POINTS);
  const bucketOf = new Map(steps.map((step, i) => [step, Math.floor(i / width)]));
  const count = Math.ceil(steps.length / width);
  /** [seed][bucket] */
  const means = seeds.map((records) => {
    const lists: number[][] = Array.from({ length: count }, () => []);
    for (const record of records) for (const p of record.points(metric)) lists[bucketOf.get(p.step)!].push(p.value);
    return lists.map(meanOf);
  });
  const curve: Curve = { steps: [], mean: [], half_width: [] };
  for (let b = 0; b < count; b++) {
    const { mean, half_width } = estimate(means.map((seed) => seed[b]));
    curve.steps.push(meanOf(steps.slice(b * width, (b + 1) * width)));
    curve.mean.push(mean);
    curve.half_width.push(half_width);
  }
  return curve;
}

/** The difference that a claim is about; undefined when one of its arms was not trained. */
function differenceOf(arms: Record<string, ArmResults>, claim: Experiment['claims'][number]): Estimate | undefined {
  const valuesOf = ([arm, measure]: readonly [string, string]) => arms[arm]?.values[measure];
  const left = valuesOf(claim.left);
  const right = typeof claim.right === 'number' ? left?.map(() => claim.right as number) : valuesOf(claim.right);
  if (!left || !right) return undefined;
  // seed s of an ensemble is another run than replica s of a run of seeds
  const is_paired =
    typeof claim.right === 'number' || arms[claim.left[0]].replicas_are === arms[claim.right[0]].replicas_are;
  return is_paired ? pairedDifference(left, right) : unpairedDifference(left, right);
}

/** Trains the arms and judges the claims. Everything that can be refused is refused before the first step. */
export async function perform(declared: Experiment, options: PerformOptions, open: OpenRun): Promise<Findings> {
  const steps = options.steps ?? declared.steps;
  const all = Object.keys(declared.arms);
  const chosen = options.arms ?? all;
  for (const arm of chosen) if (!all.includes(arm)) throw new Error(unknownName(`arm of ${declared.id}`, arm, all));
  const configs = Object.fromEntries(chosen.map((arm) => [arm, checkArm(declared, arm, options.seed)]));
  const rounds = chosen.map((arm) => roundsOf(declared, arm, options.seeds, options.seed));
  const total = rounds.reduce((sum, list) => sum + list.length, 0) * steps;
  let done = 0;
  const arms: Record<string, ArmResults> = {};
  const measured = new Set<string>();
  for (const [i, arm] of chosen.entries()) {
    const replicas_are = declared.arms[arm].replicas_are ?? 'seeds';
    /** [seed][replica of that seed] */
    const seeds: SeedRecord[][] = [];
    for (const config of rounds[i]) {
      const records = await train(declared, arm, config, steps, open, (count) => {
        done += count;
        options.onProgress?.(done, total, arm);
      });
      seeds.push(...(replicas_are === 'ensemble' ? [records] : records.map((record) => [record])));
    }
    for (const metric of seeds.flatMap((records) => records.flatMap((r) => r.metrics))) measured.add(metric);
    const values = Object.fromEntries(
      Object.entries(declared.measures).map(([name, measure]) => [
        name,
        seeds.map((records) => meanOf(records.map((record) => measure.of(record)))),
      ]),
    );
    const curves: Record<string, Curve> = {};
    for (const metric of declared.curves) {
      const curve = curveOf(seeds, metric);
      if (curve) curves[metric] = curve;
    }
    arms[arm] = {
      doc: declared.arms[arm].doc,
      config: configs[arm],
      schedule: changesOf(declared, arm),
      replicas_are,
      values,
      estimates: Object.fromEntries(Object.entries(values).map(([name, list]) => [name, estimate(list)])),
      curves,
    };
  }
  const claims = declared.claims.flatMap((claim): ClaimResult[] => {
    const difference = differenceOf(arms, claim);
    return difference ? [{ ...claim, difference, verdict: verdictOf(difference, claim.is, claim.within) }] : [];
  });
  const read = [...Object.values(declared.measures).flatMap((m) => m.metrics), ...declared.curves];
  const { id, title, question, papers } = declared;
  return {
    experiment: id,
    title,
    question,
    papers: [...papers],
    chosen: declared.chosen ?? '',
    steps,
    seeds: options.seeds,
    seed: options.seed,
    measures: Object.fromEntries(Object.entries(declared.measures).map(([name, { doc }]) => [name, doc])),
    arms,
    claims,
    missing: [...new Set(read)].filter((metric) => !measured.has(metric)),
  };
}
