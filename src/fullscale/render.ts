/** Launches as files: a shell script for verl, a Python script for TRL. Nothing but registered names and numbers enters them. */
import {
  type FullScaleRun,
  type Launch,
  launchOf,
  type Mapping,
  PROCESSES,
  type TrainerId,
  type Value,
} from './launch.ts';
import { isSupervised, TRL_SFT, VERL_SFT } from './supervised.ts';
import { isRloo, TRL } from './trl.ts';
import { TRL_RELEASE } from './trlKeys.ts';
import { VERL } from './verl.ts';
import { VERL_COMMIT, VERL_RELEASE } from './verlKeys.ts';

/** The mapping that a run goes through. */
export function mappingOf(trainer: TrainerId, run: FullScaleRun): Mapping {
  const is_supervised = isSupervised(run);
  if (trainer === 'verl') return is_supervised ? VERL_SFT : VERL;
  return is_supervised ? TRL_SFT : TRL;
}

/** Which of the trainer's own entries runs it. */
export function entryOf(trainer: TrainerId, run: FullScaleRun): string {
  const is_supervised = isSupervised(run);
  if (trainer === 'verl') return is_supervised ? 'verl.trainer.sft_trainer' : 'verl.trainer.main_ppo';
  return is_supervised ? 'SFTTrainer' : isRloo(run) ? 'RLOOTrainer' : 'GRPOTrainer';
}

/** A file to begin with at full scale. */
export interface LaunchFile {
  launch: Launch;
  entry: string;
  name: string;
  text: string;
}

const isSame = (a: Value | undefined, b: Value | undefined) => JSON.stringify(a) === JSON.stringify(b);
const number = (value: number) => String(Object.is(value, -0) ? 0 : Number(value.toPrecision(12))).replace('e+', 'e');

function yaml(value: Value): string {
  if (value === null) return 'null';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(yaml).join(',')}]`;
  return `{${Object.entries(value)
    .map(([name, inner]) => `${name}:${yaml(inner)}`)
    .join(',')}}`;
}

function python(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((inner) => python(inner)).join(', ')}]`;
  return yaml(value);
}

/** Behind a key: whose setting it is, and what the trainer and we would have had without being asked. */
function asideOf(
  key: string,
  launch: Launch,
  mapping: Mapping,
  plain: Launch,
  write: (value: Value) => string,
): string {
  const ours = launch.entries.filter((entry) => entry.keys.includes(key)).map(({ setting }) => setting);
  const value = launch.set[key] ?? launch.add[key] ?? null;
  const theirs = Object.hasOwn(mapping.keys, key) ? mapping.keys[key] : undefined;
  const default_value = Object.hasOwn(plain.set, key) ? plain.set[key] : undefined;
  const said = ours.length > 0 ? [ours.join(', ')] : [];
  const differs =
    theirs !== undefined && (!isSame(theirs, value) || (default_value !== undefined && !isSame(theirs, default_value)));
  if (differs) said.push(`${mapping.title}’s default: ${write(theirs)}`);
  if (default_value !== undefined && !isSame(default_value, value)) said.push(`ours: ${write(default_value)}`);
  return said.length > 0 ? `  # ${said.join('; ')}` : '';
}

const WORDS = {
  same: 'same',
  rescaled: 'rescaled',
  approximate: 'nearly the same',
  replaced: 'replaced',
  none: 'no counterpart',
};

/** One comment line per setting that does not simply cross. */
function remarks({ entries }: Launch): string[] {
  return entries
    .filter(({ kind, keys, text }) => kind !== 'same' || keys.length === 0 || text !== '')
    .map(({ setting, ours, kind, text }) => `# ${setting} = ${ours}: ${WORDS[kind]}${text ? `. ${text}` : '.'}`);
}

function verlText(run: FullScaleRun, launch: Launch, mapping: Mapping, plain: Launch, entry: string): string {
  const keys = Object.keys(launch.set).map(
    (key) => `  '${key}=${yaml(launch.set[key])}'${asideOf(key, launch, mapping, plain, yaml)}`,
  );
  const added = Object.keys(launch.add).map(
    (key) => `  '+${key}=${yaml(launch.add[key])}'${asideOf(key, launch, mapping, plain, yaml)}`,
  );
  const start =
    entry === 'verl.trainer.main_ppo'
      ? `python3 -m ${entry}`
      : `torchrun --standalone --nproc_per_node=${PROCESSES} -m ${entry}`;
  return [
    '#!/usr/bin/env bash',
    ...head(run, `verl v${VERL_RELEASE} (commit ${VERL_COMMIT})`),
    ...remarks(launch),
    '',
    'set -euo pipefail',
    'args=(',
    ...keys,
    ...added,
    ')',
    `${start} "\${args[@]}"`,
    '',
  ].join('\n');
}

function trlText(run: FullScaleRun, launch: Launch, mapping: Mapping, plain: Launch, entry: string): string {
  const config = entry.replace('Trainer', 'Config');
  const is_supervised = entry === 'SFTTrainer';
  const length = launch.set.max_completion_length;
  const has_overlong = run.parts.reward === 'overlong';
  const rewards = has_overlong ? '[reward, too_long]' : 'reward';
  const keys = Object.keys(launch.set).map(
    (key) => `    ${key}=${python(launch.set[key])},${asideOf(key, launch, mapping, plain, python)}`,
  );
  return [
    ...head(run, `TRL ${TRL_RELEASE}`),
    `# Start: accelerate launch --num_processes ${PROCESSES} launch.py`,
    ...remarks(launch),
    '',
    'import os',
    '',
    'import trl',
    'from datasets import load_dataset',
    `from trl import ${config}, ${entry}`,
    ...(has_overlong ? ['from trl.rewards import get_soft_overlong_punishment'] : []),
    '',
    `assert trl.__version__ == "${TRL_RELEASE}", f"written for TRL ${TRL_RELEASE}, found {trl.__version__}"`,
    `assert os.environ.get("WORLD_SIZE") == "${PROCESSES}", "the batch is cut for ${PROCESSES} processes"`,
    '',
    '',
    ...(is_supervised
      ? []
      : [
          'def reward(completions, **kwargs):',
          '    """One number per completion; the columns of the data file arrive as keywords."""',
          '    raise NotImplementedError("write the verifier here")',
          '',
          '',
        ]),
    ...(has_overlong
      ? [
          `too_long = get_soft_overlong_punishment(max_completion_len=${length}, soft_punish_cache=${Number(length) / 4})`,
        ]
      : []),
    `args = ${config}(`,
    ...keys,
    ')',
    `trainer = ${entry}(`,
    '    model="Qwen/Qwen2.5-0.5B-Instruct",',
    '    args=args,',
    ...(is_supervised ? [] : [`    reward_funcs=${rewards},`]),
    '    train_dataset=load_dataset("json", data_files="/path/to/train.jsonl", split="train"),',
    ')',
    'trainer.train()',
    'trainer.save_model()',
    '',
  ].join('\n');
}

function head(run: FullScaleRun, target: string): string[] {
  return [
    `# ${run.algorithm}, as it is set in Rollout Lab on ${run.task} with seed ${run.seed}, for ${target}.`,
    '# Nothing of this was run at full scale: paths, model, lengths, steps and processes are places to fill in.',
    '#',
  ];
}

function refusalText(run: FullScaleRun, { refusals, entries }: Launch, title: string, target: string): string {
  return [
    ...head(run, target),
    `# No built-in option of ${title} runs this:`,
    ...refusals.map((sentence) => `# - ${sentence}`),
    '#',
    '# What was set here:',
    ...entries.map(({ setting, ours }) => `# ${setting} = ${ours}`),
    '',
  ].join('\n');
}

/** The file for a trainer. `plain` is the same run with every setting at its default. */
export function launchFile(trainer: TrainerId, run: FullScaleRun, plain: FullScaleRun): LaunchFile {
  const mapping = mappingOf(trainer, run);
  const launch = launchOf(mapping, run);
  const entry = entryOf(trainer, run);
  const ending = trainer === 'verl' ? 'sh' : 'py';
  const name = `${run.algorithm}_${trainer}.${ending}`;
  if (launch.refusals.length > 0) {
    const target = trainer === 'verl' ? `verl v${VERL_RELEASE}` : `TRL ${TRL_RELEASE}`;
    return { launch, entry, name, text: refusalText(run, launch, mapping.title, target) };
  }
  const write = trainer === 'verl' ? verlText : trlText;
  return { launch, entry, name, text: write(run, launch, mapping, launchOf(mapping, plain), entry) };
}
