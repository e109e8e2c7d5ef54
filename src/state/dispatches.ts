/** The dispatches of one step as lines of a table, and their times in words. */
import type { EngineInfo } from '../engine/executor.ts';
import type { KernelLibrary } from '../engine/library.ts';
import { launchesOf, type Program, type Size, sizeOf } from '../engine/program.ts';
import type { DispatchTimes } from '../trainer/protocol.ts';
import { formatCount, formatNumber, plural } from './format.ts';

/** One dispatch as it runs, in words. */
export interface DispatchLine {
  /** its place in the step, from 0 */
  index: number;
  kernel: string;
  /** part files in its slots */
  parts: string;
  /** the launch domain: dimensions with their sizes */
  launch: string;
  invocations: number;
  /** the kernel's own numbers of this launch, such as the position in a response */
  at: string;
  /** buffers with their sizes; one that is changed in place is both read and written */
  reads: string;
  writes: string;
  note: string;
}

/** Every dispatch of a program in order, with the buffers that its kernel names. */
export function dispatchLines(program: Program, library: KernelLibrary): DispatchLine[] {
  const sizes = (shape: readonly Size[]) => shape.map((size) => sizeOf(program.dims, size, program.id)).join('×');
  const dimension = (size: Size, number: string) => (typeof size === 'string' ? `${size} ${number}` : number);
  return launchesOf(program).map(({ kernel, over, invocations, bind, at, slots, note }, index) => {
    const { bindings } = library.kernel(kernel);
    const buffers = (is_listed: (access: 'in' | 'out' | 'inout') => boolean) =>
      bindings
        .filter(({ kind, access }) => kind !== 'uniform' && is_listed(access))
        .map(({ name }) => bind[name] ?? name)
        .map((name) => `${name} ${sizes(program.buffers[name].shape)}`)
        .join(', ');
    return {
      index,
      kernel,
      parts: Object.values(slots).join(', '),
      launch: over
        .map((entry) => {
          const [size, block] = Array.isArray(entry) ? entry : [entry, 1];
          const number = sizeOf(program.dims, size, kernel);
          return dimension(size, block === 1 ? String(number) : `⌈${number}/${block}⌉`);
        })
        .join(' × '),
      invocations,
      at: Object.entries(at)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
      reads: buffers((access) => access !== 'out'),
      writes: buffers((access) => access !== 'in'),
      note,
    };
  });
}

const fixed = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const duration = (us: number) => (us < 1000 ? `${formatNumber(us)} µs` : `${formatNumber(us / 1000)} ms`);

/** By dispatch, microseconds and share of the sum as written in its line, and the time over that of the slowest. */
export function timeCells({ microseconds }: DispatchTimes): { us: string; share: string; bar: number }[] {
  const sum = sumOf(microseconds);
  const slowest = Math.max(...microseconds);
  return microseconds.map((us) => ({
    us: fixed.format(us),
    share: `${fixed.format(sum > 0 ? (100 * us) / sum : 0)} %`,
    bar: slowest > 0 ? us / slowest : 0,
  }));
}

const NUM_KERNELS = 3;

/** What the times come to: the sum and the kernels that most of it goes to. */
export function timesSentence({ microseconds }: DispatchTimes, lines: readonly DispatchLine[]): string {
  const sum = sumOf(microseconds);
  const kernels = new Map<string, { us: number; count: number }>();
  for (const { index, kernel } of lines) {
    const { us, count } = kernels.get(kernel) ?? { us: 0, count: 0 };
    kernels.set(kernel, { us: us + (microseconds[index] ?? 0), count: count + 1 });
  }
  const most = [...kernels]
    .sort(([, a], [, b]) => b.us - a.us)
    .slice(0, NUM_KERNELS)
    .map(
      ([kernel, { us, count }]) =>
        `${kernel} ${formatNumber(sum > 0 ? (100 * us) / sum : 0, 2)} % (${plural(count, 'dispatch', 'dispatches')})`,
    );
  const dispatches = plural(microseconds.length, 'dispatch takes', 'dispatches take');
  return `${dispatches} ${duration(sum)} in all. Most goes to ${most.join(', ')}.`;
}

/** What the numbers are of: hardware, repeats, and what their sum is not. */
export function timesSource({ rounds, repeats }: DispatchTimes, engine: EngineInfo): string {
  const fewest = formatCount(Math.min(...repeats));
  const most = formatCount(Math.max(...repeats));
  const times = most === '1' ? 'once' : fewest === most ? `${most} times` : `${fewest} to ${most} times`;
  const over =
    rounds === 1
      ? `One round, each dispatch ${times}`
      : `Medians of ${rounds} rounds, each dispatch ${times} in a round`;
  if (engine.kind === 'cpu')
    return `${over}, on the ${engine.adapter}. Each is timed alone: the sum is near the time of a step, not equal to it.`;
  return `${over}, on WebGPU: ${engine.adapter}${engine.is_software ? ' (a software adapter)' : ''}. Each is timed alone, in a pass of its own: the sum exceeds the time of a step, which is one pass.`;
}

/** Why a device cannot say how long its dispatches take. */
export const NO_TIMESTAMPS =
  'This GPU device offers no timestamps (timestamp-query), so its dispatches cannot be timed. Those of the CPU engine can.';

/** The table as text with tabs, for a spreadsheet. */
export function dispatchTable(lines: readonly DispatchLine[], times: DispatchTimes | undefined): string {
  const is_timed = times !== undefined && times.microseconds.length > 0;
  const head = [
    'dispatch',
    'kernel',
    'microseconds',
    'launch',
    'invocations',
    'at',
    'parts',
    'reads',
    'writes',
    'note',
  ];
  const rows = lines.map((line) => [
    line.index,
    line.kernel,
    is_timed ? times.microseconds[line.index] : '',
    line.launch,
    line.invocations,
    line.at,
    line.parts,
    line.reads,
    line.writes,
    line.note,
  ]);
  return [head, ...rows].map((cells) => cells.join('\t')).join('\n');
}
