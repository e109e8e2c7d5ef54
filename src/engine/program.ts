/**
 * A program is data: named buffers with dimension-named shapes and a list of kernel dispatches over them.
 * It has three readers: the WebGPU executor, the CPU executor, and the page that lists what happens in a step.
 */

/** A size: a number, or the name of one of the program's dimensions. */
export type Size = number | string;

/** Where a buffer's content comes from before the first dispatch of a step reads it. */
export type Origin =
  /** written by a dispatch of the same step */
  | 'step'
  /** survives from step to step, and is what a checkpoint holds: weights, optimiser moments, the clock */
  | 'kept'
  /** written by the host when the run is made or a setting changes: tables, hyperparameters, seeds */
  | 'host';

export interface BufferSpec {
  type: 'f32' | 'u32';
  /** dimension names, slowest first; a run's buffer starts with `replica` */
  shape: Size[];
  doc: string;
  origin?: Origin;
  /** read by the host: exempt from the "written and never read" complaint */
  is_result?: boolean;
}

/** `base + Σ stride · index` over the indices of the enclosing repeats. */
export type Affine = number | ({ base?: number } & Record<string, number>);

/** One kernel launch. */
export interface Dispatch {
  kernel: string;
  /** the launch domain, slowest first; `[size, block]` counts blocks of a size, rounded up */
  over: (Size | [Size, number])[];
  /** kernel binding -> program buffer, where the names differ */
  bind?: Record<string, string>;
  /** kernel `override` -> size, where the names differ from the program's dimensions */
  size?: Record<string, Size>;
  /** kernel uniform `at` field -> value */
  at?: Record<string, Affine>;
  /** slot -> part file stem */
  slots?: Record<string, string>;
  /** what this launch does in this place, for a reader */
  note?: string;
}

/** Repetition is data too: `index` takes 0 … count−1 (or downwards) and is usable in every `at` inside. */
export interface Repeat {
  repeat: string;
  count: Size;
  is_reversed?: boolean;
  dispatches: Step[];
}
export type Step = Dispatch | Repeat;

export interface Program {
  id: string;
  dims: Record<string, number>;
  buffers: Record<string, BufferSpec>;
  /** names of the per-replica hyperparameters, in the order of the generated `Hyper` struct (all f32) */
  hyper: readonly string[];
  steps: Step[];
}

/** A launch with every index resolved: what executors run. */
export interface Launch {
  kernel: string;
  over: Dispatch['over'];
  invocations: number;
  bind: Record<string, string>;
  size: Record<string, number>;
  at: Record<string, number>;
  slots: Record<string, string>;
  note: string;
}

/** The number behind a size; throws when the dimension is unknown. */
export function sizeOf(dims: Record<string, number>, size: Size, where: string): number {
  if (typeof size === 'number') return size;
  const n = dims[size];
  if (n === undefined) {
    throw new Error(`${where}: unknown dimension '${size}'. Known: ${Object.keys(dims).sort().join(', ')}.`);
  }
  return n;
}

/** Number of elements of a buffer. */
export function elementsOf(program: Pick<Program, 'dims'>, spec: BufferSpec, where = 'buffer'): number {
  return spec.shape.reduce<number>((n, s) => n * sizeOf(program.dims, s, where), 1);
}

function affine(value: Affine, index: Record<string, number>, where: string): number {
  if (typeof value === 'number') return value;
  let sum = value.base ?? 0;
  for (const [name, stride] of Object.entries(value)) {
    if (name === 'base') continue;
    const i = index[name];
    if (i === undefined) throw new Error(`${where}: index '${name}' is used outside a repeat over '${name}'.`);
    sum += stride * i;
  }
  return sum;
}

/** Unrolls the repeats: the flat list of launches of one step, in order. */
export function launchesOf(program: Program): Launch[] {
  const out: Launch[] = [];
  const walk = (steps: Step[], index: Record<string, number>) => {
    for (const step of steps) {
      if ('repeat' in step) {
        const count = sizeOf(program.dims, step.count, `${program.id} repeat over '${step.repeat}'`);
        for (let k = 0; k < count; k++) {
          walk(step.dispatches, { ...index, [step.repeat]: step.is_reversed ? count - 1 - k : k });
        }
        continue;
      }
      const where = `${program.id} dispatch ${out.length} (${step.kernel})`;
      const size: Record<string, number> = {};
      for (const [name, s] of Object.entries(step.size ?? {})) size[name] = sizeOf(program.dims, s, where);
      const at: Record<string, number> = {};
      for (const [name, value] of Object.entries(step.at ?? {})) at[name] = affine(value, index, where);
      let invocations = 1;
      for (const d of step.over) {
        invocations *= Array.isArray(d)
          ? Math.ceil(sizeOf(program.dims, d[0], where) / d[1])
          : sizeOf(program.dims, d, where);
      }
      out.push({
        kernel: step.kernel,
        over: step.over,
        invocations,
        bind: step.bind ?? {},
        size,
        at,
        slots: step.slots ?? {},
        note: step.note ?? '',
      });
    }
  };
  walk(program.steps, {});
  return out;
}

/** The program as text: one line per dispatch, repeats indented, shapes by name. */
export function printProgram(program: Program): string {
  const lines: string[] = [];
  const show = (s: Size | [Size, number]) => (Array.isArray(s) ? `${s[0]}/${s[1]}` : String(s));
  const walk = (steps: Step[], depth: number) => {
    const pad = '  '.repeat(depth);
    for (const step of steps) {
      if ('repeat' in step) {
        lines.push(`${pad}for ${step.repeat} in ${step.is_reversed ? 'reversed ' : ''}${step.count}:`);
        walk(step.dispatches, depth + 1);
        continue;
      }
      const slots = Object.values(step.slots ?? {});
      const part = slots.length > 0 ? ` {${slots.join(', ')}}` : '';
      const note = step.note ? `   # ${step.note}` : '';
      lines.push(`${pad}${step.kernel}[${step.over.map(show).join(', ')}]${part}${note}`);
    }
  };
  walk(program.steps, 0);
  return lines.join('\n');
}
