/** The file of an experiment's results: its type, its text, and a reader that refuses what it does not know. */
import type { RunConfig } from '../trainer/protocol.ts';
import type { Change, Claim } from './experiment.ts';
import type { Estimate, Verdict } from './lib/statistics.ts';

/** Mean of a metric over seeds, with the half width of its 95 % interval; NaN where it does not exist. */
export interface Curve {
  steps: number[];
  mean: number[];
  half_width: number[];
}

/** What one arm gave. */
export interface ArmResults {
  doc: string;
  /** with every default written out; `batch.replicas` is that of a run of one seed */
  config: RunConfig;
  schedule: Change[];
  replicas_are: 'seeds' | 'ensemble';
  /** measure -> one value per seed, NaN where a seed has none */
  values: Record<string, number[]>;
  estimates: Record<string, Estimate>;
  /** metric -> mean curve, for the metrics that the experiment keeps */
  curves: Record<string, Curve>;
}

/** A claim with what was measured. */
export interface ClaimResult extends Claim {
  /** left minus right, paired by seed where the arms share seeds */
  difference: Estimate;
  verdict: Verdict;
}

/** Everything that training an experiment's arms yields. */
export interface Findings {
  experiment: string;
  title: string;
  question: string;
  papers: string[];
  /** how the settings were found; empty where nothing was looked for */
  chosen: string;
  steps: number;
  seeds: number;
  /** seed of the first round */
  seed: number;
  /** measure -> what it measures */
  measures: Record<string, string>;
  arms: Record<string, ArmResults>;
  /** claims whose arms were trained */
  claims: ClaimResult[];
  /** metrics that a measure or a curve names and no arm measured */
  missing: string[];
}

/** How and on what the numbers were made. */
export interface Made {
  engine: 'webgpu' | 'cpu';
  adapter: string;
  is_software: boolean;
  /** of this package */
  version: string;
  node: string;
  /** ISO 8601 */
  date: string;
  command: string;
  seconds: number;
}

const FORMAT = 'rollout-lab experiment 1';

/** The content of `public/results/<id>.json`. */
export interface Results extends Findings {
  format: typeof FORMAT;
  made: Made;
}

/** The text of a results file. Numbers that do not exist are null; others keep seven digits, as many as an f32 has. */
export function writeResults(findings: Findings, made: Made): string {
  const results: Results = { format: FORMAT, ...findings, made };
  const short = (_key: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value;
  // lists of numbers stand on one line
  return `${JSON.stringify(results, short, 1).replace(/\[\s+((?:-?[\d.e+-]+|null)(?:,\s+(?:-?[\d.e+-]+|null))*)\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, '')}]`)}\n`;
}

type Json = Record<string, unknown>;
/** Checks a value found at a place; throws one sentence. Returns what the rest of the program sees. */
type Check = (where: string, value: unknown) => unknown;

const complain = (where: string, value: unknown, wanted: string): never => {
  const found = value === undefined ? 'missing' : (JSON.stringify(value) ?? String(value)).slice(0, 60);
  throw new Error(`results: ${where} is ${found}; wanted ${wanted}. Perform the experiment again.`);
};
const text: Check = (where, value) => (typeof value === 'string' ? value : complain(where, value, 'a text'));
const number: Check = (where, value) => (Number.isFinite(value) ? value : complain(where, value, 'a number'));
/** null is a number that does not exist */
const maybe: Check = (where, value) => (value === null ? Number.NaN : number(where, value));
const truth: Check = (where, value) => (typeof value === 'boolean' ? value : complain(where, value, 'true or false'));
const oneOf =
  (...known: string[]): Check =>
  (where, value) =>
    known.includes(value as string) ? value : complain(where, value, `one of ${known.join(', ')}`);
const listOf =
  (check: Check): Check =>
  (where, value) =>
    Array.isArray(value) ? value.map((v, i) => check(`${where}[${i}]`, v)) : complain(where, value, 'a list');
const tableOf =
  (check: Check): Check =>
  (where, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return complain(where, value, 'a table');
    return Object.fromEntries(Object.entries(value as Json).map(([k, v]) => [k, check(`${where}.${k}`, v)]));
  };
/** A table with these fields; those that end in `?` may be missing, others are left out. */
const fields =
  (checks: Record<string, Check>): Check =>
  (where, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return complain(where, value, 'a table');
    const out: Json = {};
    for (const [name, check] of Object.entries(checks)) {
      const key = name.replace(/\?$/, '');
      const found = (value as Json)[key];
      if (found === undefined && key !== name) continue;
      out[key] = check(where === 'the file' ? key : `${where}.${key}`, found);
    }
    return out;
  };

const numbers = tableOf(number);
const estimates = fields({ mean: maybe, half_width: maybe, n: number });
const term: Check = (where, value) => {
  const pair = listOf(text)(where, value) as string[];
  return pair.length === 2 ? pair : complain(where, value, 'an arm and a measure');
};

const results = fields({
  format: oneOf(FORMAT),
  experiment: text,
  title: text,
  question: text,
  papers: listOf(text),
  chosen: text,
  steps: number,
  seeds: number,
  seed: number,
  measures: tableOf(text),
  arms: tableOf(
    fields({
      doc: text,
      config: fields({
        task: text,
        policy: text,
        algorithm: text,
        parts: tableOf(text),
        task_settings: numbers,
        policy_settings: numbers,
        batch: numbers,
        hyper: numbers,
        seed: number,
      }),
      schedule: listOf(fields({ at: number, 'algorithm?': text, 'parts?': tableOf(text), 'hyper?': numbers })),
      replicas_are: oneOf('seeds', 'ensemble'),
      values: tableOf(listOf(maybe)),
      estimates: tableOf(estimates),
      curves: tableOf(fields({ steps: listOf(number), mean: listOf(maybe), half_width: listOf(maybe) })),
    }),
  ),
  claims: listOf(
    fields({
      says: text,
      source: text,
      left: term,
      is: oneOf('above', 'below', 'near'),
      right: (where, value) => (typeof value === 'number' ? number(where, value) : term(where, value)),
      'within?': number,
      difference: estimates,
      verdict: oneOf('holds', 'opposite', 'undecided'),
    }),
  ),
  missing: listOf(text),
  made: fields({
    engine: oneOf('webgpu', 'cpu'),
    adapter: text,
    is_software: truth,
    version: text,
    node: text,
    date: text,
    command: text,
    seconds: number,
  }),
});

/** Reads a results file; throws one sentence that says what is wrong where. */
export function readResults(file: string): Results {
  let value: unknown;
  try {
    value = JSON.parse(file);
  } catch (error) {
    throw new Error(`results: the file is no JSON (${(error as Error).message}). Perform the experiment again.`);
  }
  const read = results('the file', value) as Results;
  for (const [name, arm] of Object.entries(read.arms)) {
    for (const [metric, { steps, mean, half_width }] of Object.entries(arm.curves))
      if (mean.length !== steps.length || half_width.length !== steps.length)
        complain(`arms.${name}.curves.${metric}.mean`, mean.length, `as many values as steps, ${steps.length}`);
  }
  for (const [i, { left, right }] of read.claims.entries()) {
    for (const [arm, measure] of typeof right === 'number' ? [left] : [left, right])
      if (!read.arms[arm]?.values[measure])
        complain(`claims[${i}]`, [arm, measure], 'an arm and a measure of the file');
  }
  return read;
}
