/** `npm run experiment`: trains the arms of an experiment and holds a paper's sentences against the numbers. */
import { writeFileSync } from 'node:fs';
import project from '../../package.json';
import { CpuExecutor } from '../engine/cpu.ts';
import type { EngineInfo, Executor } from '../engine/executor.ts';
import { GpuExecutor } from '../engine/gpu.ts';
import { shaderLibrary } from '../engine/library.ts';
import { unknownName } from '../engine/names.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { experimentOf, experiments } from '../experiments/index.ts';
import { checkArm, type OpenRun, perform } from '../experiments/lib/perform.ts';
import type { Estimate } from '../experiments/lib/statistics.ts';
import { type ClaimResult, type Findings, writeResults } from '../experiments/results.ts';
import { plural } from '../state/format.ts';
import { Run } from '../trainer/run.ts';
import { slotTwins } from '../trainer/slots.ts';
import { openNodeDevice } from './device.ts';
import { HELP, type Option, readOptions, refuse, type Usage, usageText } from './options.ts';
import { Progress } from './progress.ts';
import { assertWritable } from './rows.ts';

const OPTIONS: Record<string, Option> = {
  seeds: { value: 'N', doc: 'seeds per arm, from 1 to 64 (the experiment’s own number)' },
  seed: { value: 'N', doc: 'the first round’s seed (1)' },
  steps: { value: 'N', doc: 'steps per arm (the experiment’s own number)' },
  arms: { value: 'A,B', doc: 'only these arms, and the claims about them' },
  engine: { value: 'NAME', doc: 'webgpu or cpu (webgpu)' },
  out: { value: 'FILE', doc: 'the results as JSON (public/results/ID.json; with --steps or --arms only if given)' },
  list: { doc: 'print every experiment with its arms, and end' },
  help: HELP,
  quiet: { doc: 'no progress' },
};
const ENGINES = ['webgpu', 'cpu'] as const;
const MOST_SEEDS = 64;

/** A checked command line. */
export interface ExperimentCommand {
  action: 'perform' | 'list' | 'help';
  id: string;
  seeds: number | undefined;
  seed: number;
  steps: number | undefined;
  arms: string[] | undefined;
  engine: (typeof ENGINES)[number];
  /** undefined: the results are only printed */
  out: string | undefined;
  is_quiet: boolean;
}

const USAGE: Usage = { command: 'npm run experiment', operand: 'ID', options: OPTIONS };

/** The text of --help. */
export const helpText = (): string =>
  usageText(USAGE, 'Performs an experiment: trains its arms for several seeds, measures, and judges the claims.', [
    'npm run experiment -- entropy_collapse --seed 11 --engine cpu',
    'npm run experiment -- entropy_collapse --seeds 2 --steps 40 --arms grpo,entropy_bonus --engine cpu',
  ]);

/** The text of --list. */
export function listText(): string {
  const entry = (e: Experiment) => [
    `${e.id}: ${e.question}`,
    ...Object.entries(e.arms).map(([name, { doc }]) => `  ${name.padEnd(18)} ${doc}`),
    '',
  ];
  return Object.values(experiments).flatMap(entry).join('\n');
}

const complain = (text: string): never => refuse(USAGE, text);

/** Reads a command line; throws one sentence when anything in it is wrong. */
export function parseCommand(argv: string[]): ExperimentCommand {
  const { found, operand } = readOptions(USAGE, argv);
  const last = (name: string) => found.get(name)?.[0];
  const whole = (name: string, least: number, most: number): number | undefined => {
    const text = last(name);
    if (text === undefined) return undefined;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      complain(`--${name} is '${text}'; wanted a whole number from ${least} to ${most}.`);
    return value;
  };
  const engine = (last('engine') ?? 'webgpu') as ExperimentCommand['engine'];
  if (!ENGINES.includes(engine)) throw new Error(unknownName('engine', engine, [...ENGINES]));
  const command: ExperimentCommand = {
    action: (['help', 'list'] as const).find((name) => found.has(name)) ?? 'perform',
    id: operand ?? '',
    seeds: whole('seeds', 1, MOST_SEEDS),
    seed: whole('seed', 0, 4294967295) ?? 1,
    steps: whole('steps', 1, 1_000_000),
    arms: last('arms')?.split(','),
    engine,
    out: last('out'),
    is_quiet: found.has('quiet'),
  };
  if (command.action !== 'perform') return command;
  if (operand === undefined)
    complain('No experiment is named; wanted npm run experiment -- ID, and --list names them.');
  const { arms } = experimentOf(command.id);
  for (const arm of command.arms ?? [])
    if (!Object.hasOwn(arms, arm)) throw new Error(unknownName(`arm of ${command.id}`, arm, Object.keys(arms)));
  // a part of an experiment does not overwrite what a whole one gave
  if (command.steps === undefined && command.arms === undefined) command.out ??= `public/results/${command.id}.json`;
  return command;
}

/** Opens runs on one device, a fresh executor each; `info` names the engine. */
async function openEngine(engine: ExperimentCommand['engine']): Promise<{ open: OpenRun; info: EngineInfo }> {
  const make = await maker(engine);
  const open: OpenRun = async (config) => {
    const executor = make();
    return { run: await Run.open(executor, config), close: () => executor.destroy() };
  };
  return { open, info: make().info };
}

async function maker(engine: ExperimentCommand['engine']): Promise<() => Executor> {
  if (engine === 'cpu') return () => new CpuExecutor(shaderLibrary, { slots: slotTwins() });
  const { device, info } = await openNodeDevice().catch((error: Error) => {
    throw new Error(`${error.message.replace(/\.?$/, '.')} --engine cpu trains without one.`);
  });
  device.addEventListener('uncapturederror', (event) => console.error(`GPU error: ${event.error.message}`));
  const adapter = info.description || info.architecture || info.vendor || 'unnamed adapter';
  return () => new GpuExecutor(device, { kind: 'webgpu', adapter, is_software: info.software }, shaderLibrary);
}

/** Arms side by side in the table; more stand below. */
const ARMS_PER_BLOCK = 5;

const fixed = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(3));

/** `0.938 ± 0.021`, as far as it exists. */
export function estimateText({ mean, half_width }: Estimate): string {
  if (!Number.isFinite(mean)) return '–';
  return Number.isFinite(half_width) ? `${fixed(mean)} ± ${fixed(half_width)}` : fixed(mean);
}

/** The table: a line per measure, a column per arm, mean ± half width of the 95 % interval over seeds. */
export function tableText({ arms, measures }: Findings): string {
  const names = Object.keys(arms);
  const rows = Object.keys(measures);
  const left = Math.max(...rows.map((name) => name.length));
  const lines: string[] = [];
  for (let from = 0; from < names.length; from += ARMS_PER_BLOCK) {
    const block = names.slice(from, from + ARMS_PER_BLOCK);
    const cells = [block, ...rows.map((row) => block.map((arm) => estimateText(arms[arm].estimates[row])))];
    const widths = block.map((_, c) => Math.max(...cells.map((line) => line[c].length)));
    cells.forEach((line, i) => {
      const head = (i === 0 ? '' : rows[i - 1]).padEnd(left);
      lines.push(`${head}  ${line.map((cell, c) => cell.padStart(widths[c])).join('  ')}`.trimEnd());
    });
    lines.push('');
  }
  return lines.join('\n');
}

/** A claim in two lines: verdict, sentence and source; then what was compared. */
function claimText({ says, source, left, is, right, within, difference, verdict }: ClaimResult): string {
  const term = (t: ClaimResult['right']) => (typeof t === 'number' ? String(t) : `${t[0]} ${t[1]}`);
  const margin = within === undefined ? '' : ` within ${within}`;
  return [
    `${verdict.padEnd(9)}  ${says} (${source})`,
    `${' '.repeat(11)}${term(left)} ${is} ${term(right)}${margin}; difference ${estimateText(difference)}, n = ${difference.n}`,
  ].join('\n');
}

/** Everything that is printed when an experiment is over. */
export function findingsText(findings: Findings): string {
  const { title, question, chosen, seeds, steps, claims, missing } = findings;
  return [
    `${title}: ${question}`,
    `${plural(seeds, 'seed')}, ${plural(steps, 'step')}; mean ± half width of the 95 % interval over seeds`,
    '',
    tableText(findings),
    ...claims.map(claimText),
    ...(chosen === '' ? [] : ['', `How the settings were chosen: ${chosen}`]),
    ...(missing.length > 0 ? ['', `No arm measured ${missing.join(', ')}.`] : []),
    '',
  ].join('\n');
}

/** Performs one command line; returns the exit code. */
export async function main(argv: string[]): Promise<number> {
  const command = parseCommand(argv);
  if (command.action !== 'perform') {
    process.stdout.write(command.action === 'help' ? helpText() : listText());
    return 0;
  }
  const declared = experimentOf(command.id);
  const { out, seed, steps } = command;
  const arms = command.arms ?? Object.keys(declared.arms);
  // everything that can be refused is refused before a device is opened
  for (const arm of arms) checkArm(declared, arm, seed);
  if (out !== undefined) assertWritable('--out', out);
  const { open, info } = await openEngine(command.engine);
  const began = performance.now();
  let progress: Progress | undefined;
  const options = { seeds: command.seeds ?? declared.seeds, seed, steps, arms };
  const findings = await perform(
    declared,
    {
      ...options,
      onProgress(done, total, arm) {
        progress ??= new Progress(total, command.is_quiet);
        progress.show(done, `steps, ${arm}`);
      },
    },
    open,
  );
  progress?.end();
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(`${findingsText(findings)}\n${seconds.toFixed(1)} s on ${info.adapter}\n`);
  if (out !== undefined) {
    const text = writeResults(findings, {
      engine: info.kind,
      adapter: info.adapter,
      is_software: info.is_software,
      version: project.version,
      node: process.version,
      date: new Date().toISOString(),
      command: ['npm run experiment --', ...argv].join(' '),
      seconds,
    });
    writeFileSync(out, text);
    process.stdout.write(`${out} written\n`);
  }
  return 0;
}
