/** The CPU executor: runs the same program on the TypeScript twins. Synchronous; rows are there when `run` returns. */
import { assertProgram } from './check.ts';
import type { EngineInfo, Executor, LaunchTime, LoadedProgram, LoadOptions } from './executor.ts';
import { changedInPlace } from './kernel.ts';
import type { KernelLibrary } from './library.ts';
import { elementsOf, type Launch, launchesOf, type Program } from './program.ts';
import type { Numbers, SlotTwin, Twin, TwinCall } from './twin.ts';
import './twins.ts';

export interface CpuOptions {
  /** 'f64' holds f32 buffers in double precision and runs the plain twins (tests); 'f32' is the product's engine */
  precision?: 'f32' | 'f64';
  /** slot -> part id -> twin */
  slots: Record<string, Record<string, SlotTwin>>;
}

interface LoadedCpuProgram extends LoadedProgram {
  calls: { twin: Twin; call: TwinCall; launch: Launch }[];
  collect: string | undefined;
}

export class CpuExecutor implements Executor {
  readonly info: EngineInfo = { kind: 'cpu', adapter: 'CPU engine (TypeScript twins, one thread)', is_software: true };
  readonly lost = new Promise<string>(() => {});
  private readonly store = new Map<string, Numbers>();
  private hyperNames: readonly string[] = [];
  private hyperRows: Record<string, number>[] = [];
  private open: Float32Array[] = [];
  private readonly sealed: Float32Array[][] = [];

  constructor(
    private readonly library: KernelLibrary,
    private readonly options: CpuOptions,
  ) {}

  get bytes(): number {
    let n = 0;
    for (const b of this.store.values()) n += b.byteLength;
    return n;
  }

  private ensureBuffer(name: string, program: Program): Numbers {
    const spec = program.buffers[name]!;
    const elements = elementsOf(program, spec);
    const old = this.store.get(name);
    if (old?.length === elements) return old;
    const made =
      spec.type === 'u32'
        ? new Uint32Array(elements)
        : this.options.precision === 'f64'
          ? new Float64Array(elements)
          : new Float32Array(elements);
    this.store.set(name, made);
    return made;
  }

  private hyper = (replica: number): Record<string, number> => this.hyperRows[replica]!;

  /** The call of one launch: what its twin sees. Tests use it to run a single dispatch. */
  callOf(program: Program, launch: Launch): TwinCall {
    const face = this.library.kernel(launch.kernel);
    const b: Record<string, Numbers> = {};
    for (const binding of face.bindings) {
      if (binding.kind !== 'uniform') b[binding.name] = this.store.get(launch.bind[binding.name] ?? binding.name)!;
    }
    const slot: Record<string, SlotTwin> = {};
    for (const name of face.slots) {
      const id = launch.slots[name]!;
      const twin = this.options.slots[name]?.[id];
      if (!twin) throw new Error(`part '${id}' for slot '${name}' has no twin; give its declaration a twin.`);
      slot[name] = twin;
    }
    return { b, size: { ...program.dims, ...launch.size }, at: launch.at, hyper: this.hyper, slot };
  }

  async load(program: Program, options: LoadOptions = {}): Promise<LoadedProgram> {
    assertProgram(program, this.library, {
      maxStorageBuffersPerShaderStage: 8,
      maxStorageBufferBindingSize: 2 ** 30,
      maxBufferSize: 2 ** 30,
    });
    for (const name of Object.keys(program.buffers)) this.ensureBuffer(name, program);
    this.hyperNames = program.hyper;
    this.refreshHyper();
    const calls = launchesOf(program).map((launch) => ({
      twin: this.options.precision === 'f64' ? this.library.twin(launch.kernel) : this.library.fastTwin(launch.kernel),
      call: this.callOf(program, launch),
      launch,
    }));
    const loaded: LoadedCpuProgram = { program, num_launches: calls.length, calls, collect: options.collect };
    return loaded;
  }

  private refreshHyper(): void {
    const rows = this.store.get('hypers');
    const width = this.hyperNames.length;
    if (!rows || width === 0) return;
    const count = rows.length / width;
    if (this.hyperRows.length !== count) this.hyperRows = Array.from({ length: count }, () => ({}));
    for (let r = 0; r < count; r++)
      this.hyperNames.forEach((name, i) => {
        this.hyperRows[r]![name] = rows[r * width + i]!;
      });
  }

  run(loaded: LoadedProgram): void {
    const { calls, collect } = loaded as LoadedCpuProgram;
    for (const { twin, call } of calls) twin(call);
    if (collect) this.open.push(Float32Array.from(this.store.get(collect)!));
  }

  async profile(
    loaded: LoadedProgram,
    repeats: (index: number) => number,
    after: (index: number) => void | Promise<void> = () => {},
  ): Promise<LaunchTime[]> {
    const out: LaunchTime[] = [];
    for (const [i, { twin, call, launch }] of (loaded as LoadedCpuProgram).calls.entries()) {
      const count = repeats(i);
      const changed = changedInPlace(this.library.kernel(launch.kernel), launch.bind).map((name) => {
        const buffer = this.store.get(name)!;
        return { buffer, before: buffer.slice() };
      });
      let ms = 0;
      // the clock of a browser is coarse: what may be repeated without a pause is read once
      const together = changed.length > 0 ? 1 : count;
      for (let k = 0; k < count; k += together) {
        if (k > 0) for (const { buffer, before } of changed) buffer.set(before);
        const began = performance.now();
        for (let n = 0; n < together; n++) twin(call);
        ms += performance.now() - began;
      }
      out.push({ launch, microseconds: (ms * 1000) / count });
      await after(i);
    }
    return out;
  }

  write(name: string, data: Numbers, offset = 0): void {
    const b = this.store.get(name);
    if (!b) throw new Error(`buffer '${name}' does not exist; load a program that declares it first.`);
    if (offset + data.length > b.length)
      throw new Error(`write to '${name}': ${data.length} values at ${offset}, the buffer has ${b.length}.`);
    b.set(data, offset);
    if (name === 'hypers') this.refreshHyper();
  }

  async read(names: string[]): Promise<Record<string, Numbers>> {
    return Object.fromEntries(
      names.map((name): [string, Numbers] => {
        const b = this.store.get(name);
        if (!b) throw new Error(`buffer '${name}' does not exist; load a program that declares it first.`);
        return [name, b.slice()];
      }),
    );
  }

  seal(): number {
    const rows = this.open;
    if (rows.length > 0) this.sealed.push(rows);
    this.open = [];
    return rows.length;
  }
  async takeRows(): Promise<Float32Array[]> {
    return this.sealed.shift() ?? [];
  }
  get num_sealed(): number {
    return this.sealed.length;
  }
  get rows_left(): number {
    return 64 - this.open.length;
  }

  keepOnly(loaded: LoadedProgram[]): void {
    const keep = new Set(loaded.flatMap((l) => Object.keys(l.program.buffers)));
    for (const name of this.store.keys()) if (!keep.has(name)) this.store.delete(name);
  }
  destroy(): void {
    this.store.clear();
  }
}
