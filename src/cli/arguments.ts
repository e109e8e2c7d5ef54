/** The options of `npm run train`: their names and sentences, and how a command line becomes a checked run. */
import { resolve as pathOf } from 'node:path';
import { ROLES } from '../algorithms/algorithm.ts';
import { algorithms } from '../algorithms/index.ts';
import { unknownName } from '../engine/names.ts';
import { type Knob, type KnobTable, parseValue } from '../engine/table.ts';
import { policies, policyOf } from '../policies/index.ts';
import { withoutDefaults } from '../state/catalogue.ts';
import { DEFAULT_SETUP } from '../state/defaultSetup.ts';
import { registries } from '../state/registries.ts';
import { readPlan, spreadOf } from '../state/sweep.ts';
import { queryOf, readExactly, SWEEP_KEY } from '../state/urlState.ts';
import { taskOf, tasks } from '../tasks/index.ts';
import { homeOf } from '../trainer/home.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import { resolve } from '../trainer/resolve.ts';
import { BATCH } from '../trainer/settings.ts';
import { HELP, type Option, readOptions, refuse, type Usage, usageText } from './options.ts';

interface TrainOption extends Option {
  /** a checkpoint decides it: refused together with --checkpoint-in */
  is_fixed?: boolean;
}

const OPTIONS: Record<string, TrainOption> = {
  link: {
    value: 'ADDRESS',
    doc: 'the setup of a link of the page, or of its query; other options override it',
    is_fixed: true,
  },
  algorithm: { value: 'ID', doc: 'update rule (grpo); without --task it runs where its idea shows' },
  task: {
    value: 'ID',
    doc: 'what is asked and rewarded (sum_to_target, or where the algorithm is at home)',
    is_fixed: true,
  },
  policy: { value: 'ID', doc: 'what answers (tabular)', is_fixed: true },
  steps: { value: 'N', doc: 'steps to train (200)' },
  seed: { value: 'N', doc: 'the whole run is a function of it (1)', is_fixed: true },
  replicas: { value: 'N', doc: 'policies side by side, each with its own seed (1)', is_fixed: true },
  'warm-up': { value: 'N', doc: 'supervised updates on demonstrations before step 0 (0)', is_fixed: true },
  set: { value: 'NAME=VALUE', doc: 'a hyperparameter, such as learning_rate=0.1; repeatable', is_repeatable: true },
  batch: { value: 'NAME=VALUE', doc: 'a batch setting, such as group_size=16', is_repeatable: true, is_fixed: true },
  'task-set': {
    value: 'NAME=VALUE',
    doc: 'a setting of the task: its difficulty',
    is_repeatable: true,
    is_fixed: true,
  },
  'policy-set': { value: 'NAME=VALUE', doc: 'a setting of the policy: its size', is_repeatable: true, is_fixed: true },
  part: {
    value: 'ROLE=ID',
    doc: 'another part than the algorithm’s own, such as advantage=leave_one_out',
    is_repeatable: true,
  },
  engine: { value: 'NAME', doc: 'webgpu or cpu (webgpu)' },
  out: { value: 'FILE', doc: 'one JSON line per step and replica; - is standard output' },
  bundle: {
    value: 'FILE',
    doc: 'compute the run of a bundle again, with its edits, and compare every number of its metrics',
  },
  'bundle-out': { value: 'FILE', doc: 'write the run with its metrics: the page opens it, charts included' },
  'checkpoint-in': { value: 'FILE', doc: 'go on from this checkpoint; --steps more steps' },
  'checkpoint-out': { value: 'FILE', doc: 'write the final state: safetensors, which the page opens too' },
  program: { doc: 'print the dispatches of one step of this run, and end' },
  list: { doc: 'print every algorithm, part, task, policy and setting, and end' },
  help: HELP,
  quiet: { doc: 'no progress' },
};

/** What may stand beside --bundle, which decides everything else. */
const BESIDE_BUNDLE = ['bundle', 'engine', 'out', 'bundle-out', 'checkpoint-out', 'quiet'];

const ENGINES = ['webgpu', 'cpu'] as const;
/** Which executor trains. */
export type EngineName = (typeof ENGINES)[number];

const STEPS: Knob = { value: 200, min: 1, max: 10_000_000, scale: 'int', doc: 'steps to train' };
const SEED: Knob = { value: 1, min: 0, max: 4294967295, scale: 'int', doc: 'the whole run is a function of it' };

/** A command line after the checks that need no file. */
export interface TrainCommand {
  action: 'train' | 'program' | 'list' | 'help';
  config: RunConfig;
  steps: number;
  /** undefined with --bundle alone: that of the bundle */
  engine: EngineName | undefined;
  out: string | undefined;
  bundle: string | undefined;
  bundle_out: string | undefined;
  checkpoint_in: string | undefined;
  checkpoint_out: string | undefined;
  is_quiet: boolean;
  /** with --checkpoint-in: the exchange and the values to apply to the run of the checkpoint */
  change: { algorithm?: string; parts: Record<string, string>; hyper: [string, string][] };
  /** hyperparameters by replica where a link sweeps them */
  spread: readonly Record<string, number>[];
}

const KINDS = { algorithm: algorithms, task: tasks, policy: policies };

const USAGE: Usage = {
  command: 'npm run train',
  options: OPTIONS,
  optionFor: (text) =>
    Object.entries(KINDS).flatMap(([kind, known]) => (Object.hasOwn(known, text) ? [`--${kind} ${text}`] : []))[0],
};

/** The text of --help. */
export const helpText = (): string =>
  usageText(USAGE, 'Trains a small policy by reinforcement learning: the page’s trainer, in Node.', [
    'npm run train -- --algorithm rloo --steps 100 --seed 1 --replicas 4 --out run.jsonl',
    'npm run train -- --task arithmetic --task-set digits=1 --policy transformer --warm-up 100',
    'npm run train -- --bundle run.safetensors',
    "npm run train -- --link 'https://…/?v=1&algorithm=dr_grpo&set.learning_rate=0.1' --steps 50",
  ]);

const complain = (text: string): never => refuse(USAGE, text);

/** Options that write a file; no two may write the same one. */
const OUTPUTS = ['out', 'bundle-out', 'checkpoint-out'];

function checkFiles(found: Map<string, string[]>): void {
  const writers = new Map<string, string>();
  for (const option of OUTPUTS) {
    const path = found.get(option)?.[0];
    if (path === undefined || (option === 'out' && path === '-')) continue;
    if (path === '-') complain(`--${option} is '-'; wanted a file, as only --out writes to standard output.`);
    const other = writers.get(pathOf(path));
    if (other) complain(`--${other} and --${option} are both ${path}; wanted two files.`);
    writers.set(pathOf(path), option);
  }
}

/** The pairs behind a repeatable option; a name may stand once. */
function pairsOf(option: string, texts: string[]): [string, string][] {
  const pairs = texts.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) complain(`--${option} is '${text}'; wanted --${option} ${OPTIONS[option].value}.`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  for (const [name] of pairs) {
    if (pairs.filter(([other]) => other === name).length > 1)
      complain(`--${option} ${name} is given twice; wanted once.`);
  }
  return pairs;
}

/** The values of a table's names. `elsewhere` says where a name of another table belongs. */
function tableValues(
  kind: string,
  table: KnobTable,
  pairs: [string, string][],
  elsewhere: (name: string) => string | undefined,
): Record<string, number> {
  return Object.fromEntries(
    pairs.map(([name, text]) => {
      if (!Object.hasOwn(table, name)) {
        const option = elsewhere(name);
        if (option) complain(`'${name}' is no ${kind}; wanted ${option} ${name}=${text}.`);
        if (Object.keys(table).length === 0) throw new Error(`Unknown ${kind} '${name}': it has none. Leave it out.`);
        throw new Error(unknownName(kind, name, Object.keys(table)));
      }
      return [name, parseValue(name, table[name], text)];
    }),
  );
}

const ANOTHER = new RegExp(`\\banother (${ROLES.join('|')})\\b`, 'g');

/** Checks a run; what a sentence advises to choose is named with its option. */
function check(config: RunConfig) {
  try {
    return resolve(config);
  } catch (error) {
    const advice = (error as Error).message
      .replace(/Choose the task “([^”]+)”/, (said, title) => {
        const task = Object.values(tasks).find((one) => one.title === title);
        return task ? `Choose --task ${task.id}` : said;
      })
      .replace(ANOTHER, 'another $1 (--part $1=ID)');
    throw new Error(advice);
  }
}

/** The hyperparameters of a configuration, as a table. */
export const hyperTable = (config: RunConfig): KnobTable =>
  Object.fromEntries(check({ ...config, hyper: {} }).hyper.map(({ name, knob }) => [name, knob]));

/** Values for --set pairs, checked against the run they are for. */
export function hyperValues(config: RunConfig, pairs: [string, string][]): Record<string, number> {
  const { settings: task_settings } = taskOf(config.task);
  const { settings: policy_settings } = policyOf(config.policy);
  return tableValues('hyperparameter of this run', hyperTable(config), pairs, (name) =>
    Object.hasOwn(BATCH, name)
      ? '--batch'
      : Object.hasOwn(task_settings, name)
        ? '--task-set'
        : Object.hasOwn(policy_settings, name)
          ? '--policy-set'
          : undefined,
  );
}

/** What a link says; where it does not fit, the sentence names the option. */
function fromLink<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`--link: ${(error as Error).message}`);
  }
}

/** The setup of a link, read as on the page; what the page would say and set right is refused here. */
function readLink(link: string) {
  const query = queryOf(link);
  if (query === '') complain(`--link is '${link.slice(0, 60)}', which has no query; wanted an address with a '?'.`);
  const setup = fromLink(() => readExactly(registries, DEFAULT_SETUP, query));
  return { setup, sweep: new URLSearchParams(query).get(SWEEP_KEY) };
}

/** Reads a command line; throws one sentence when anything in it is wrong. */
export function parseCommand(argv: string[]): TrainCommand {
  const { found } = readOptions(USAGE, argv);
  const last = (name: string) => found.get(name)?.[0];
  const pairs = (name: string) => pairsOf(name, found.get(name) ?? []);
  const number = (name: string, knob: Knob) => {
    const text = last(name);
    return text === undefined ? knob.value : parseValue(`--${name}`, knob, text);
  };
  const link = last('link');
  const linked = link === undefined ? undefined : readLink(link);
  const base = structuredClone((linked?.setup ?? DEFAULT_SETUP).config);
  const named = last('algorithm');
  if (!linked && named !== undefined && last('task') === undefined && Object.hasOwn(algorithms, named))
    Object.assign(base, homeOf(algorithms[named]));
  const bundle = last('bundle');
  const linked_engine = linked && linked.setup.engine !== 'auto' ? linked.setup.engine : 'webgpu';
  const engine = last('engine') ?? (bundle === undefined ? linked_engine : undefined);
  const parts = Object.fromEntries(pairs('part'));
  const command: TrainCommand = {
    action: (['help', 'list', 'program'] as const).find((name) => found.has(name)) ?? 'train',
    config: {
      ...base,
      algorithm: last('algorithm') ?? base.algorithm,
      task: last('task') ?? base.task,
      policy: last('policy') ?? base.policy,
      parts: { ...base.parts, ...parts },
      seed: number('seed', { ...SEED, value: base.seed }),
    },
    steps: number('steps', STEPS),
    engine: engine as EngineName | undefined,
    out: last('out'),
    bundle,
    bundle_out: last('bundle-out'),
    checkpoint_in: last('checkpoint-in'),
    checkpoint_out: last('checkpoint-out'),
    is_quiet: found.has('quiet'),
    change: { algorithm: last('algorithm'), parts, hyper: pairs('set') },
    spread: [],
  };
  if (engine !== undefined && !ENGINES.includes(engine as EngineName))
    throw new Error(unknownName('engine', engine, [...ENGINES]));
  if (command.action === 'help' || command.action === 'list') return command;
  checkFiles(found);
  if (bundle !== undefined) {
    const other = [...found.keys()].find((name) => !BESIDE_BUNDLE.includes(name));
    if (other) complain(`--${other} cannot stand beside --bundle; the bundle decides it.`);
    return command;
  }
  if (command.checkpoint_in !== undefined) {
    const fixed = [...found.keys()].find((name) => OPTIONS[name].is_fixed);
    if (fixed) complain(`--${fixed} cannot stand beside --checkpoint-in; the checkpoint decides it.`);
    return command;
  }
  const { config } = command;
  const task = taskOf(config.task);
  const policy = policyOf(config.policy);
  const nowhere = () => undefined;
  // what a link set for something that an option replaces is left out
  if (linked) Object.assign(config, withoutDefaults(registries, config));
  const task_settings = tableValues(`setting of task ${task.id}`, task.settings, pairs('task-set'), (name) =>
    Object.hasOwn(task.rules, name) ? '--set' : undefined,
  );
  const policy_settings = tableValues(`setting of policy ${policy.id}`, policy.settings, pairs('policy-set'), nowhere);
  config.task_settings = { ...config.task_settings, ...task_settings };
  config.policy_settings = { ...config.policy_settings, ...policy_settings };
  const batch = pairs('batch');
  for (const [option, name] of [
    ['replicas', 'replicas'],
    ['warm-up', 'warm_up_steps'],
  ]) {
    const text = last(option);
    if (text === undefined) continue;
    if (batch.some(([other]) => other === name))
      complain(`--${option} and --batch ${name} say the same; wanted one of them.`);
    parseValue(`--${option}`, BATCH[name], text);
    batch.push([name, text]);
  }
  config.batch = { ...config.batch, ...tableValues('batch setting', BATCH, batch, nowhere) };
  config.hyper = { ...config.hyper, ...hyperValues(config, pairs('set')) };
  const { hyper } = check(config);
  if (linked && linked.sweep !== null) {
    if (batch.some(([name]) => name === 'replicas'))
      complain('--replicas cannot stand beside a link with a sweep; the sweep decides it.');
    command.spread = fromLink(() => spreadOf(readPlan(linked.sweep ?? '', hyper)));
    config.batch.replicas = command.spread.length;
    check(config);
  }
  return command;
}
