/**
 * Kernel against twin, dispatch by dispatch: the GPU runs one dispatch, the twin gets the very inputs that dispatch had,
 * and every buffer that it writes is compared, element by element. So a difference belongs to one kernel.
 */
import type { CpuExecutor } from '../engine/cpu.ts';
import { type GpuExecutor, GUARD_VALUE } from '../engine/gpu.ts';
import type { Binding } from '../engine/kernel.ts';
import { shaderLibrary } from '../engine/library.ts';
import { elementsOf, type Launch, launchesOf, type Program, sizeOf } from '../engine/program.ts';
import type { Numbers, TwinCall } from '../engine/twin.ts';

/** Allowed error relative to the wanted value. A float has 6e-8; sums of a few thousand terms and `exp` lose the rest. */
export const PARITY_RTOL = 1e-4;
/**
 * Allowed error relative to the largest value beside it: where large terms cancel, what is left carries the rounding of
 * the terms. A hundred roundings of the largest value; and a few of 1, for differences of numbers near 1 such as k3.
 */
const ATOL_OF_LARGEST = 1e-5;
const ATOL_NEAR_ONE = 4e-7;
/** Gradients have no natural scale, so none of theirs is small enough to pass unseen. */
const IS_GRADIENT = /^(d_|gradient|token_gradient|square_sum|moment)/;
/** Rounded inputs that are tried before an element on the edge of a decision (a clip, a draw) counts as wrong. */
const NUM_NUDGES = 8;
const NUDGE = 1e-6;

/** One element on which kernel and twin differ. */
export interface Mismatch {
  dispatch: number;
  buffer: string;
  /** the element, in the buffer's dimension names */
  index: string;
  got: number;
  wanted: number;
  allowed: number;
}

/** What the comparison of one kernel found, over all its dispatches. */
export interface KernelParity {
  kernel: string;
  /** dispatches, and elements written by them */
  dispatches: number;
  elements: number;
  /** largest error in units in which PARITY_RTOL is allowed; infinite where one side is not a number */
  worst: number;
  /** where that was */
  where: string;
  /** elements on the edge of a decision, right for inputs that differ by rounding */
  edges: number;
  num_wrong: number;
  /** the first five */
  mismatches: Mismatch[];
}

/** The comparison of one program. */
export interface ParityReport {
  program: string;
  kernels: KernelParity[];
  /** buffers behind whose end a kernel wrote; always empty without guard words */
  broken_guards: string[];
  /** one sentence for each kernel that differs and each broken guard; empty when all is well */
  failures: string[];
}

export interface ParityOptions {
  /** compare every dispatch; else of dispatches that differ only in their place, the first two and the last */
  is_thorough?: boolean;
  /** compare this dispatch alone */
  only?: number;
  /** fill what no dispatch has written yet with NaN, so that a kernel that reads it shows */
  is_hostile?: boolean;
}

/** The bit pattern of an element that nobody wrote, on both sides. */
const UNTOUCHED = { u32: GUARD_VALUE, f64: [GUARD_VALUE, 0x7ff8dead] as const };

const wordsOf = (x: Numbers): Uint32Array => new Uint32Array(x.buffer, x.byteOffset, x.byteLength / 4);

function untouched(like: Numbers): Numbers {
  const out = like.slice();
  const words = wordsOf(out);
  if (out instanceof Float64Array) for (let i = 0; i < words.length; i++) words[i] = UNTOUCHED.f64[i & 1];
  else words.fill(UNTOUCHED.u32);
  return out;
}

/** For each element, whether it still holds the pattern of `untouched`. */
function isUntouched(x: Numbers, i: number, words: Uint32Array): boolean {
  if (!(x instanceof Float64Array)) return words[i] === UNTOUCHED.u32;
  return words[2 * i] === UNTOUCHED.f64[0] && words[2 * i + 1] === UNTOUCHED.f64[1];
}

/** A record that refuses names it does not have, where a twin would go on with undefined. */
function strict<T extends object>(record: T, what: string): T {
  return new Proxy(record, {
    get(target, name) {
      if (typeof name === 'string' && !(name in target))
        throw new Error(`the twin asks for ${what} '${name}', which this dispatch does not have.`);
      return Reflect.get(target, name);
    },
  });
}

function indexName(program: Program, buffer: string, index: number): string {
  const shape = program.buffers[buffer].shape;
  const out: string[] = [];
  let rest = index;
  for (let d = shape.length - 1; d >= 0; d--) {
    const n = sizeOf(program.dims, shape[d], buffer);
    const name = typeof shape[d] === 'string' ? `${shape[d]} ` : '';
    out.unshift(`${name}${rest % n}`);
    rest = Math.floor(rest / n);
  }
  return `${buffer}[${out.join(', ')}]`;
}

interface Written {
  binding: Binding;
  buffer: string;
  got: Numbers;
  want: Numbers;
  before: Numbers;
  /** elements of the same kind are this far apart: `[…, 4]` packs four kinds of numbers */
  kinds: number;
}

/** An element that this side did not write: it holds the pattern of `untouched`, or the NaN that was there before. */
function isLeft({ binding, before }: Written, k: number, side: Numbers, words: Uint32Array): boolean {
  return binding.access === 'out' ? isUntouched(side, k, words) : Number.isNaN(before[k]) && Number.isNaN(side[k]);
}

/** Absolute tolerance per kind of number, from the largest values that the twin wrote. */
function tolerances({ binding, want, before, kinds }: Written): Float64Array {
  const out = new Float64Array(kinds);
  const words = wordsOf(want);
  for (let i = 0; i < want.length; i++) {
    const is_written = binding.access === 'out' ? !isUntouched(want, i, words) : want[i] !== before[i];
    const size = Math.abs(want[i]);
    if (is_written && Number.isFinite(size)) out[i % kinds] = Math.max(out[i % kinds], size * ATOL_OF_LARGEST);
  }
  return IS_GRADIENT.test(binding.name) ? out : out.map((x) => Math.max(x, ATOL_NEAR_ONE));
}

/** Error in units in which PARITY_RTOL is allowed. Written so that NaN on either side is infinitely wrong. */
function errorOf(got: number, want: number, atol: number): number {
  if (got === want) return 0; // infinities of the same sign too
  const error = Math.abs(got - want) / (Math.abs(want) + atol / PARITY_RTOL);
  return error <= Number.MAX_VALUE ? error : Number.POSITIVE_INFINITY;
}

/** The dispatches worth comparing: of those that differ only in their `at` block, the first two and the last. */
function chosen(launches: Launch[], { is_thorough, only }: ParityOptions): Set<number> {
  if (only !== undefined) return new Set([only]);
  const families = new Map<string, number[]>();
  launches.forEach(({ kernel, bind, size, slots }, i) => {
    const key = is_thorough ? String(i) : JSON.stringify([kernel, bind, size, slots]);
    families.set(key, [...(families.get(key) ?? []), i]);
  });
  return new Set([...families.values()].flatMap((f) => [f[0], f[Math.min(1, f.length - 1)], f[f.length - 1]]));
}

class Comparison {
  readonly kernels = new Map<string, KernelParity>();

  constructor(
    private readonly program: Program,
    private readonly gpu: GpuExecutor,
    private readonly cpu: CpuExecutor,
  ) {}

  private buffersOf(launch: Launch): [Binding, string][] {
    const face = shaderLibrary.kernel(launch.kernel);
    return face.bindings.filter((b) => b.kind !== 'uniform').map((b) => [b, launch.bind[b.name] ?? b.name]);
  }

  /** Runs the twin on copies of inputs; `nudge` changes each float by a relative error. */
  private twin(launch: Launch, inputs: Record<string, Numbers>, nudge?: () => number): TwinCall['b'] {
    const call = this.cpu.callOf(this.program, launch);
    for (const [binding, buffer] of this.buffersOf(launch)) {
      const b = call.b[binding.name];
      this.cpu.write(buffer, inputs[buffer]);
      if (nudge && !(b instanceof Uint32Array)) {
        // whole numbers are masks, counts and indices
        for (let k = 0; k < b.length; k++) if (!Number.isInteger(b[k])) b[k] *= 1 + nudge();
      }
      if (binding.access === 'out') wordsOf(b).set(wordsOf(untouched(b)));
    }
    shaderLibrary.twin(launch.kernel)({
      ...call,
      size: strict(call.size, 'the size'),
      at: strict(call.at, "the 'at' field"),
      hyper: (r) => strict(call.hyper(r), 'the hyperparameter'),
    });
    return call.b;
  }

  /** One dispatch on both sides. Afterwards the GPU's buffers are as if it alone had run. */
  async dispatch(i: number, launch: Launch, run: () => void): Promise<void> {
    const bound = this.buffersOf(launch);
    const inputs = await this.gpu.read(bound.map(([, buffer]) => buffer));
    for (const [binding, buffer] of bound) {
      if (binding.access === 'out') this.gpu.write(buffer, untouched(inputs[buffer]));
    }
    run();
    const outputs = bound.filter(([b]) => b.access !== 'in');
    const after = await this.gpu.read(outputs.map(([, buffer]) => buffer));
    const twin = this.twin(launch, inputs);
    const written = outputs.map(([binding, buffer]): Written => {
      const last = Number(binding.shape?.[binding.shape.length - 1]);
      const kinds = Number.isInteger(last) ? last : 1;
      return { binding, buffer, got: after[buffer], want: twin[binding.name].slice(), before: inputs[buffer], kinds };
    });
    this.of(launch.kernel).dispatches++;
    for (const w of written) this.compare(i, launch, w, inputs);
    for (const { binding, buffer, got, before } of written) {
      if (binding.access !== 'out') continue;
      const words = wordsOf(got);
      const merged = got.slice();
      let is_partial = false;
      for (let k = 0; k < got.length; k++) {
        if (!isUntouched(got, k, words)) continue;
        wordsOf(merged)[k] = wordsOf(before)[k];
        is_partial = true;
      }
      if (is_partial) this.gpu.write(buffer, merged);
    }
  }

  private compare(i: number, launch: Launch, w: Written, inputs: Record<string, Numbers>): void {
    const { got, want, buffer } = w;
    const kernel = this.of(launch.kernel);
    const atol = tolerances(w);
    const got_words = wordsOf(got);
    const want_words = wordsOf(want);
    const suspects: number[] = [];
    for (let k = 0; k < got.length; k++) {
      if (isLeft(w, k, got, got_words)) {
        if (!isLeft(w, k, want, want_words)) suspects.push(k);
        continue;
      }
      kernel.elements++;
      const error =
        got instanceof Uint32Array
          ? got[k] === want[k]
            ? 0
            : Number.POSITIVE_INFINITY
          : errorOf(got[k], want[k], atol[k % w.kinds]);
      if (!(error <= PARITY_RTOL)) suspects.push(k);
      else if (error > kernel.worst) {
        kernel.worst = error;
        kernel.where = `dispatch ${i}: ${indexName(this.program, buffer, k)}`;
      }
    }
    const wrong = this.withoutEdges(launch, w, inputs, atol, suspects);
    kernel.edges += suspects.length - wrong.length;
    kernel.num_wrong += wrong.length;
    for (const k of wrong) {
      const error = errorOf(got[k], want[k], atol[k % w.kinds]);
      if (!(error < kernel.worst)) {
        kernel.worst = error;
        kernel.where = `dispatch ${i}: ${indexName(this.program, buffer, k)}`;
      }
      if (kernel.mismatches.length === 5) continue;
      const allowed = got instanceof Uint32Array ? 0 : atol[k % w.kinds] + PARITY_RTOL * Math.abs(want[k]);
      kernel.mismatches.push({
        dispatch: i,
        buffer,
        index: indexName(this.program, buffer, k),
        got: got[k],
        wanted: want[k],
        allowed,
      });
    }
  }

  /**
   * Drops the suspects whose GPU value is the twin's answer to inputs that differ from the true ones by rounding: it meets
   * such an answer (a threshold was crossed), or lies among them (a sum whose terms cancel).
   */
  private withoutEdges(
    launch: Launch,
    w: Written,
    inputs: Record<string, Numbers>,
    atol: Float64Array,
    suspects: number[],
  ): number[] {
    let left = suspects;
    let state = 1;
    const nudge = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state / 2147483648 - 1) * NUDGE;
    };
    const spread = new Map<number, number>();
    // many wrong elements are no edge
    for (let n = 0; n < NUM_NUDGES && left.length > 0 && suspects.length <= 1 + w.got.length / 50; n++) {
      const other = this.twin(launch, inputs, nudge)[w.binding.name];
      left = left.filter((k) => {
        spread.set(k, Math.max(spread.get(k) ?? 0, Math.abs(other[k] - w.want[k])));
        const is_answer = errorOf(w.got[k], other[k], atol[k % w.kinds]) <= PARITY_RTOL;
        return !is_answer && !(Math.abs(w.got[k] - w.want[k]) <= spread.get(k)!);
      });
    }
    return left;
  }

  private of(name: string): KernelParity {
    let kernel = this.kernels.get(name);
    if (!kernel) {
      kernel = {
        kernel: name,
        dispatches: 0,
        elements: 0,
        worst: 0,
        where: '',
        edges: 0,
        num_wrong: 0,
        mismatches: [],
      };
      this.kernels.set(name, kernel);
    }
    return kernel;
  }
}

/**
 * Compares one step of a program on the GPU, from the contents that its buffers have now, with the twins. `cpu` holds
 * double precision and is only scratch space: the twins see what the GPU's dispatches saw.
 */
export async function checkParity(
  program: Program,
  gpu: GpuExecutor,
  cpu: CpuExecutor,
  options: ParityOptions = {},
): Promise<ParityReport> {
  const loaded = await gpu.load(program);
  await cpu.load(program);
  if (options.is_hostile) {
    for (const [name, spec] of Object.entries(program.buffers)) {
      if (spec.type === 'f32' && (spec.origin ?? 'step') === 'step')
        gpu.write(name, new Float32Array(elementsOf(program, spec)).fill(Number.NaN));
    }
  }
  const launches = launchesOf(program);
  const compared = chosen(launches, options);
  const comparison = new Comparison(program, gpu, cpu);
  let from = 0;
  for (let i = 0; i < launches.length; i++) {
    if (!compared.has(i)) continue;
    if (from < i) gpu.runRange(loaded, from, i);
    await comparison.dispatch(i, launches[i], () => gpu.runRange(loaded, i, i + 1));
    from = i + 1;
  }
  if (from < launches.length) gpu.runRange(loaded, from, launches.length);
  const broken_guards = await gpu.brokenGuards();
  const kernels = [...comparison.kernels.values()];
  const failures = kernels.filter((k) => k.num_wrong > 0).map((k) => failureOf(program, k));
  for (const name of broken_guards) failures.push(`${program.id}: a kernel wrote behind the end of '${name}'.`);
  return { program: program.id, kernels, broken_guards, failures };
}

function failureOf(program: Program, k: KernelParity): string {
  const first = k.mismatches
    .map((m) => `${m.index} got ${m.got}, wanted ${m.wanted} ± ${m.allowed.toExponential(1)}`)
    .join('; ');
  const again = `compare it alone with { only: ${k.mismatches[0].dispatch} }`;
  return `${program.id} dispatch ${k.mismatches[0].dispatch} (${k.kernel}): ${k.num_wrong} of ${k.elements} elements differ from the twin: ${first}. To reproduce, ${again}.`;
}
