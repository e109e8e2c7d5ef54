import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CpuExecutor } from '../engine/cpu.ts';
import type { Executor } from '../engine/executor.ts';
import { GpuExecutor } from '../engine/gpu.ts';
import { shaderLibrary } from '../engine/library.ts';
import { unknownName } from '../engine/names.ts';
import { plural } from '../state/format.ts';
import { FIXTURE_TOLERANCE, type FixtureFile, judgeCase, readFixtures, type Verdict } from '../trainer/fixtures.ts';
import { slotTwins } from '../trainer/slots.ts';
import { openNodeDevice } from './device.ts';
import { HELP, readOptions, refuse, type Usage, usageText } from './options.ts';

const ENGINES = ['webgpu', 'cpu', 'both'] as const;
type Path = 'webgpu' | 'cpu';

const USAGE: Usage = {
  command: 'npm run verify-fixtures',
  operand: 'DIR',
  options: {
    only: { value: 'NAME', doc: 'only this file of the folder' },
    engine: { value: 'NAME', doc: 'webgpu, cpu or both (both)' },
    json: { doc: 'one JSON document' },
    help: HELP,
  },
};

interface Options {
  dir: string;
  only: string | undefined;
  engine: (typeof ENGINES)[number];
  is_json: boolean;
}

/** A checked command line; undefined where only the help is wanted. */
function parse(argv: string[]): Options | undefined {
  const { found, operand } = readOptions(USAGE, argv);
  if (found.has('help')) return undefined;
  const given = found.get('engine')?.[0] ?? 'both';
  const engine = ENGINES.find((known) => known === given);
  if (!engine) throw new Error(unknownName('engine', given, [...ENGINES]));
  if (operand === undefined) return refuse(USAGE, 'No folder of fixtures is named; wanted one such as tests/fixtures.');
  return { dir: operand, only: found.get('only')?.[0], engine, is_json: found.has('json') };
}

/** The JSON files of a folder, or the one file that was named. */
function listFiles(dir: string): string[] {
  if (!existsSync(dir)) refuse(USAGE, `'${dir}' does not exist; wanted a folder of fixtures.`);
  if (!statSync(dir).isDirectory()) return [dir];
  const found = readdirSync(dir).filter((name) => name.endsWith('.json'));
  if (found.length === 0) refuse(USAGE, `'${dir}' holds no .json file; wanted a folder of fixtures.`);
  return found.sort().map((name) => join(dir, name));
}

const stemOf = (path: string): string => basename(path).replace(/\.json$/, '');
const plain = (name: string): string => name.toLowerCase().replaceAll('_', '-');

interface CaseReport {
  file: string;
  case: string;
  op: string;
  /** 'upstream' or 'equation' */
  source: string;
  status: Verdict['status'];
  paths: Partial<Record<Path, Verdict>>;
}
interface FileReport {
  file: string;
  /** why nothing of the file was compared */
  problem?: string;
  status: 'compared' | 'skipped' | 'wrong';
  cases: CaseReport[];
}

interface Opened {
  executors: Partial<Record<Path, Executor>>;
  adapter: string;
  /** what the driver complained about, outside any case */
  complaints: string[];
}

async function open(engine: Options['engine']): Promise<Opened> {
  const opened: Opened = { executors: {}, adapter: '', complaints: [] };
  const { executors } = opened;
  if (engine !== 'webgpu') executors.cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
  if (engine === 'cpu') return opened;
  try {
    const { device, info } = await openNodeDevice();
    device.addEventListener('uncapturederror', (event) => opened.complaints.push(event.error.message));
    opened.adapter = info.description || info.device || info.architecture || info.vendor;
    executors.webgpu = new GpuExecutor(
      device,
      { kind: 'webgpu', adapter: opened.adapter, is_software: info.software },
      shaderLibrary,
    );
  } catch (error) {
    opened.complaints.push((error as Error).message);
  }
  return opened;
}

async function judge(file: FixtureFile, executors: Opened['executors']): Promise<CaseReport[]> {
  const out: CaseReport[] = [];
  for (const c of file.cases) {
    const paths: CaseReport['paths'] = {};
    for (const path of ['webgpu', 'cpu'] as const) {
      const executor = executors[path];
      if (executor) paths[path] = await judgeCase(executor, file, c);
    }
    const verdicts = Object.values(paths).map((v) => v.status);
    const status = verdicts.includes('wrong')
      ? 'wrong'
      : verdicts.every((s) => s === 'ok')
        ? 'ok'
        : 'no_implementation';
    out.push({ file: file.stem, case: c.name, op: c.op, source: c.source, status, paths });
  }
  return out;
}

async function judgeFile(path: string, executors: Opened['executors']): Promise<FileReport> {
  const file = stemOf(path);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const problem = `${file}.json cannot be read (${(error as Error).message}), wanted a fixture file. Check its permissions.`;
    return { file, problem, status: 'skipped', cases: [] };
  }
  const reading = readFixtures(file, text);
  if ('problem' in reading) {
    return { file, problem: reading.problem, status: reading.is_wrong ? 'wrong' : 'skipped', cases: [] };
  }
  return { file, status: 'compared', cases: await judge(reading.file, executors) };
}

const show = (x: number | undefined): string =>
  x === undefined ? '-' : x === 0 ? '0' : Number.isFinite(x) ? x.toExponential(1) : String(x);

function printCase(report: CaseReport): void {
  const [first] = Object.values(report.paths);
  const worst = (['webgpu', 'cpu'] as const)
    .filter((path) => report.paths[path])
    .map((path) => `${path} ${show(report.paths[path]?.worst).padEnd(8)}`);
  if (report.status === 'no_implementation') {
    console.log(`  -      ${report.case}: without implementation (${first?.note})`);
    return;
  }
  console.log(`  ${report.status.padEnd(6)} ${report.case.padEnd(34)} ${worst.join('  ')}`.trimEnd());
  for (const verdict of Object.values(report.paths))
    if (verdict.status === 'wrong') console.log(`           ${verdict.note}`);
  if (first && first.missing.length > 0 && first.outputs.length > 0) {
    console.log(`         without implementation: ${first.missing.join(', ')}`);
  }
}

/** The worst error of a path over the cases that it passed or failed; undefined when there is none. */
function worstOf(cases: CaseReport[], path: Path): number | undefined {
  const found = cases.flatMap((c) => {
    const verdict = c.paths[path];
    return verdict && verdict.outputs.length > 0 ? [verdict.worst] : [];
  });
  return found.length === 0 ? undefined : found.reduce((a, b) => (Number.isNaN(a) || a > b ? a : b));
}

const worstText = (cases: CaseReport[]): string =>
  (['webgpu', 'cpu'] as const)
    .flatMap((path) => {
      const worst = worstOf(cases, path);
      return worst === undefined ? [] : [`${path} ${show(worst)}`];
    })
    .join(', ');

function printFile(report: FileReport): void {
  if (report.problem !== undefined) {
    console.log(`${report.status}: ${report.problem}`);
    return;
  }
  const counts = (['ok', 'wrong', 'no_implementation'] as const)
    .map((status) => ({ status, n: report.cases.filter((c) => c.status === status).length }))
    .filter(({ n }) => n > 0)
    .map(({ status, n }) => `${n} ${status === 'no_implementation' ? 'without implementation' : status}`);
  const worst = worstText(report.cases);
  console.log(`${report.file}.json: ${counts.join(', ')}${worst === '' ? '' : `; worst ${worst}`}`);
  const notes = new Set(report.cases.map((c) => Object.values(c.paths)[0]?.note));
  if (report.cases.every((c) => c.status === 'no_implementation') && notes.size === 1) {
    console.log(`  -      ${[...notes][0]}`);
    return;
  }
  for (const c of report.cases) printCase(c);
}

/** JSON has no NaN and no Infinity. */
const readable = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/**
 * Compares every fixture of a folder with the kernels on the GPU (f32) and with their twins on the CPU (f64).
 * Returns 1 when one is wrong, 0 otherwise; what the project does not implement is named, never passed.
 */
export async function main(argv: string[]): Promise<number> {
  const options = parse(argv);
  if (!options) {
    process.stdout.write(
      usageText(USAGE, 'Compares numbers that other libraries computed with the kernels and with their twins.', [
        'npm run verify-fixtures -- tests/fixtures --engine cpu',
      ]),
    );
    return 0;
  }
  const { dir, only, engine, is_json } = options;
  const paths = listFiles(dir);
  const chosen =
    only === undefined ? paths : paths.filter((p) => plain(stemOf(p)) === plain(only.replace(/\.json$/, '')));
  if (only !== undefined && chosen.length === 0) throw new Error(unknownName('fixture file', only, paths.map(stemOf)));
  const opened = await open(engine);
  const { executors, adapter, complaints } = opened;
  if (!is_json && executors.webgpu) console.log(`WebGPU: ${adapter}, f32, at most ${FIXTURE_TOLERANCE.webgpu} off`);
  if (!is_json && executors.cpu) console.log(`CPU: the kernels' twins, f64, at most ${FIXTURE_TOLERANCE.cpu} off`);
  const reports: FileReport[] = [];
  for (const path of chosen) {
    const report = await judgeFile(path, executors);
    reports.push(report);
    if (!is_json) printFile(report);
  }
  const cases = reports.flatMap((r) => r.cases);
  const count = (status: CaseReport['status']) => cases.filter((c) => c.status === status).length;
  const summary = {
    files: reports.length,
    files_skipped: reports.filter((r) => r.status === 'skipped').length,
    files_wrong: reports.filter((r) => r.status === 'wrong').length,
    cases: cases.length,
    ok: count('ok'),
    wrong: count('wrong'),
    without_implementation: count('no_implementation'),
    /** of the compared cases */
    outputs_without_implementation: cases
      .filter((c) => c.status !== 'no_implementation')
      .reduce((n, c) => n + (Object.values(c.paths)[0]?.missing.length ?? 0), 0),
    worst: { webgpu: worstOf(cases, 'webgpu'), cpu: worstOf(cases, 'cpu') },
    adapter: executors.webgpu ? adapter : null,
    complaints,
  };
  if (is_json) console.log(JSON.stringify({ summary, tolerance: FIXTURE_TOLERANCE, files: reports }, readable, 1));
  else {
    for (const complaint of complaints) console.log(`GPU: ${complaint}`);
    const some = (n: number, text: string) => (n > 0 ? [text] : []);
    const { outputs_without_implementation: outputs, files_skipped, files_wrong } = summary;
    const counts = [
      plural(summary.files, 'file'),
      `${plural(summary.ok, 'case')} ok`,
      `${summary.wrong} wrong`,
      `${summary.without_implementation} without implementation`,
      ...some(outputs, `${plural(outputs, 'single output')} without implementation`),
      ...some(files_skipped, `${plural(files_skipped, 'file')} skipped`),
      ...some(files_wrong, `${plural(files_wrong, 'file')} wrong`),
    ];
    const worst = worstText(cases);
    const where = engine === 'cpu' ? 'none, CPU only' : executors.webgpu ? adapter : 'none found';
    console.log(`${counts.join(', ')}${worst === '' ? '' : `; worst ${worst}`}; adapter: ${where}`);
  }
  return summary.wrong + summary.files_wrong + complaints.length > 0 ? 1 : 0;
}
