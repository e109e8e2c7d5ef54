/** The WebGPU executor: compile once; one encoder, one pass and one submit per step; rows come back through a ring. */
import { assertProgram } from './check.ts';
import type { EngineInfo, Executor, LaunchTime, LoadedProgram, LoadOptions } from './executor.ts';
import { compileErrors, joinKernel } from './join.ts';
import { changedInPlace } from './kernel.ts';
import type { KernelLibrary } from './library.ts';
import { elementsOf, type Launch, launchesOf, type Program } from './program.ts';
import { RowRing } from './ring.ts';
import type { Numbers } from './twin.ts';

/** WebGPU guarantees this many workgroups per dimension; larger launches fold into two. */
const MAX_WORKGROUPS = 65535;
/** `at` blocks live in one uniform buffer, one per distinct content, at this alignment. */
const AT_STRIDE = 256;
/** Words after every buffer that no kernel may touch; tests read them back. */
const GUARD_WORDS = 64;
export const GUARD_VALUE = 0x7fc0dead;

interface StoredBuffer {
  buffer: GPUBuffer;
  elements: number;
  type: 'f32' | 'u32';
}
interface Command {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  offsets: number[];
  x: number;
  y: number;
  launch: Launch;
}
interface LoadedGpuProgram extends LoadedProgram {
  commands: Command[];
  collect: { buffer: GPUBuffer; bytes: number } | undefined;
  names: Set<string>;
  at: GPUBuffer;
}

export interface GpuOptions {
  /** allocate guard words behind every buffer (tests) */
  has_guards?: boolean;
}

export class GpuExecutor implements Executor {
  readonly lost: Promise<string>;
  bytes = 0;
  private readonly store = new Map<string, StoredBuffer>();
  private readonly pipelines = new Map<string, Promise<{ pipeline: GPUComputePipeline; layout: GPUBindGroupLayout }>>();
  private ring: RowRing | undefined;
  private why_lost: string | undefined;
  /** rejects the wait for rows: on some systems a lost device never answers a map */
  private abandon: ((why: Error) => void) | undefined;

  constructor(
    readonly device: GPUDevice,
    readonly info: EngineInfo,
    private readonly library: KernelLibrary,
    private readonly options: GpuOptions = {},
  ) {
    this.lost = device.lost.then((l) => {
      const why = `The GPU device was lost (${l.reason || 'unknown'}): ${l.message || 'no reason given'}.`;
      this.why_lost = why;
      this.abandon?.(new Error(why));
      return why;
    });
  }

  private ensureBuffer(name: string, program: Program): StoredBuffer {
    const spec = program.buffers[name]!;
    const elements = elementsOf(program, spec);
    const old = this.store.get(name);
    if (old && old.elements === elements) return old;
    if (old) {
      old.buffer.destroy();
      this.bytes -= old.buffer.size;
    }
    const words = Math.ceil(elements / 4) * 4 + (this.options.has_guards ? GUARD_WORDS : 0);
    const buffer = this.device.createBuffer({
      label: name,
      size: words * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    if (this.options.has_guards) {
      this.device.queue.writeBuffer(buffer, elements * 4, new Uint32Array(words - elements).fill(GUARD_VALUE));
    }
    const stored = { buffer, elements, type: spec.type };
    this.bytes += buffer.size;
    this.store.set(name, stored);
    return stored;
  }

  /**
   * Invocations per workgroup. A GPU gets two warps. A CPU driver runs four lanes at a time and executes the code of idle
   * ones too, so it gets few per workgroup, and a small launch is cut more finely.
   */
  private threadsOf(launch: Launch): number {
    return (
      this.library.kernel(launch.kernel).workgroup_size ??
      (this.info.is_software ? (launch.invocations < 32 ? 4 : 16) : 64)
    );
  }

  private pipeline(program: Program, launch: Launch) {
    const face = this.library.kernel(launch.kernel);
    const slots = Object.fromEntries(face.slots.map((s) => [s, launch.slots[s]!]));
    const constants: Record<string, number> = {};
    for (const name of this.library.overridesOf(launch.kernel, slots)) {
      constants[name] = name === 'threads' ? this.threadsOf(launch) : (launch.size[name] ?? program.dims[name]!);
    }
    const hyper = face.bindings.some((b) => b.name === 'hypers') ? program.hyper : [];
    const key = JSON.stringify([launch.kernel, constants, slots, hyper]);
    let made = this.pipelines.get(key);
    if (!made) {
      made = this.compile(launch.kernel, constants, slots, hyper);
      this.pipelines.set(key, made);
    }
    return made;
  }

  private async compile(
    kernel: string,
    constants: Record<string, number>,
    slots: Record<string, string>,
    hyper: readonly string[],
  ) {
    const face = this.library.kernel(kernel);
    const joined = joinKernel(this.library, kernel, slots, hyper);
    this.device.pushErrorScope('validation');
    const module = this.device.createShaderModule({ label: kernel, code: joined.code });
    const invalid = this.device.popErrorScope(); // said below, with our file and line
    const errors = await compileErrors(joined, module);
    await invalid;
    if (errors.length > 0) throw new Error(errors.join('\n'));
    const layout = this.device.createBindGroupLayout({
      label: kernel,
      entries: face.bindings.map((b) => ({
        binding: b.index,
        visibility: GPUShaderStage.COMPUTE,
        buffer:
          b.kind === 'uniform'
            ? { type: 'uniform' as const, hasDynamicOffset: true }
            : { type: b.kind === 'read' ? ('read-only-storage' as const) : ('storage' as const) },
      })),
    });
    const pipeline = await this.device.createComputePipelineAsync({
      label: kernel,
      layout: this.device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: kernel, constants },
    });
    return { pipeline, layout };
  }

  async load(program: Program, options: LoadOptions = {}): Promise<LoadedProgram> {
    assertProgram(program, this.library, this.device.limits);
    for (const name of Object.keys(program.buffers)) this.ensureBuffer(name, program);
    const launches = launchesOf(program);
    const compiled = await Promise.all(launches.map((l) => this.pipeline(program, l)));

    const offsets = new Map<string, number>();
    const words: number[] = [];
    const atOffset = (launch: Launch): number => {
      const values = this.library.kernel(launch.kernel).at.map((f) => launch.at[f]!);
      const key = values.join(',');
      let offset = offsets.get(key);
      if (offset === undefined) {
        offset = words.length * 4;
        offsets.set(key, offset);
        words.push(...values);
        while (words.length % (AT_STRIDE / 4) !== 0) words.push(0);
      }
      return offset;
    };
    const atOffsets = launches.map(atOffset);
    const at = this.device.createBuffer({
      label: `${program.id} at`,
      size: Math.max(AT_STRIDE, words.length * 4),
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.device.queue.writeBuffer(at, 0, new Uint32Array(words));

    const groups = new Map<string, GPUBindGroup>();
    const commands = launches.map((launch, i): Command => {
      const face = this.library.kernel(launch.kernel);
      const { pipeline, layout } = compiled[i]!;
      const names = face.bindings.map((b) => launch.bind[b.name] ?? b.name);
      const key = `${launch.kernel} ${names.join(' ')}`;
      let bindGroup = groups.get(key);
      if (!bindGroup) {
        bindGroup = this.device.createBindGroup({
          label: launch.kernel,
          layout,
          entries: face.bindings.map((b, k) => {
            if (b.kind === 'uniform')
              return { binding: b.index, resource: { buffer: at, size: Math.max(16, face.at.length * 4) } };
            const s = this.store.get(names[k]!)!;
            return { binding: b.index, resource: { buffer: s.buffer, size: s.elements * 4 } };
          }),
        });
        groups.set(key, bindGroup);
      }
      const workgroups = Math.ceil(launch.invocations / this.threadsOf(launch));
      const y = Math.ceil(workgroups / MAX_WORKGROUPS);
      return {
        pipeline,
        bindGroup,
        offsets: face.bindings.some((b) => b.kind === 'uniform') ? [atOffsets[i]!] : [],
        x: Math.ceil(workgroups / y),
        y,
        launch,
      };
    });
    let collect: LoadedGpuProgram['collect'];
    if (options.collect) {
      const s = this.store.get(options.collect)!;
      collect = { buffer: s.buffer, bytes: s.elements * 4 };
      if (this.ring?.row_bytes !== collect.bytes) {
        this.ring?.destroy();
        this.ring = new RowRing(this.device, collect.bytes);
      }
    }
    const loaded: LoadedGpuProgram = {
      program,
      num_launches: launches.length,
      commands,
      collect,
      names: new Set(Object.keys(program.buffers)),
      at,
    };
    return loaded;
  }

  private encode(pass: GPUComputePassEncoder, c: Command): void {
    pass.setPipeline(c.pipeline);
    pass.setBindGroup(0, c.bindGroup, c.offsets);
    pass.dispatchWorkgroups(c.x, c.y);
  }

  run(loaded: LoadedProgram): void {
    const { commands, collect } = loaded as LoadedGpuProgram;
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    let pipeline: GPUComputePipeline | undefined;
    for (const c of commands) {
      if (c.pipeline !== pipeline) pass.setPipeline(c.pipeline);
      pipeline = c.pipeline;
      pass.setBindGroup(0, c.bindGroup, c.offsets);
      pass.dispatchWorkgroups(c.x, c.y);
    }
    pass.end();
    if (collect) this.ring!.copy(encoder, collect.buffer);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Runs the first `count` dispatches only (tests compare after every one). */
  runRange(loaded: LoadedProgram, from: number, to: number): void {
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const c of (loaded as LoadedGpuProgram).commands.slice(from, to)) this.encode(pass, c);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  /**
   * GPU time of every dispatch of one step, by timestamps around passes. Browsers round those to 100 µs, so repeats share a
   * pass; a dispatch that changes a buffer in place gets a pass for each, between which its buffers are put back.
   */
  async profile(
    loaded: LoadedProgram,
    repeats: (index: number) => number,
    after: (index: number) => void | Promise<void> = () => {},
  ): Promise<LaunchTime[] | undefined> {
    if (!this.device.features.has('timestamp-query')) return undefined;
    const out: LaunchTime[] = [];
    for (const [i, c] of (loaded as LoadedGpuProgram).commands.entries()) {
      const count = repeats(i);
      const names = changedInPlace(this.library.kernel(c.launch.kernel), c.launch.bind);
      const passes = names.length > 0 ? count : 1;
      const bytes = passes * 16;
      const queries = this.device.createQuerySet({ type: 'timestamp', count: passes * 2 });
      const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      const times = this.device.createBuffer({ size: bytes, usage: GPUBufferUsage.QUERY_RESOLVE | usage });
      const encoder = this.device.createCommandEncoder();
      const changed = names.map((name) => {
        const { buffer } = this.stored(name);
        const before = this.device.createBuffer({ size: buffer.size, usage });
        encoder.copyBufferToBuffer(buffer, 0, before, 0, buffer.size);
        return { buffer, before };
      });
      for (let p = 0; p < passes; p++) {
        if (p > 0)
          for (const { buffer, before } of changed) encoder.copyBufferToBuffer(before, 0, buffer, 0, buffer.size);
        const pass = encoder.beginComputePass({
          timestampWrites: {
            querySet: queries,
            beginningOfPassWriteIndex: 2 * p,
            endOfPassWriteIndex: 2 * p + 1,
          },
        });
        for (let k = 0; k < count / passes; k++) this.encode(pass, c);
        pass.end();
      }
      encoder.resolveQuerySet(queries, 0, passes * 2, times, 0);
      this.device.queue.submit([encoder.finish()]);
      const t = new BigUint64Array(await this.readBack(times, bytes));
      let nanoseconds = 0;
      for (let p = 0; p < passes; p++) nanoseconds += Math.max(0, Number(t[2 * p + 1]! - t[2 * p]!));
      out.push({ launch: c.launch, microseconds: nanoseconds / 1000 / count });
      queries.destroy();
      times.destroy();
      for (const { before } of changed) before.destroy();
      await after(i);
    }
    return out;
  }

  write(name: string, data: Numbers, offset = 0): void {
    const s = this.stored(name);
    if (offset + data.length > s.elements) {
      throw new Error(`write to '${name}': ${data.length} values at ${offset}, the buffer has ${s.elements}.`);
    }
    const exact =
      s.type === 'u32' ? Uint32Array.from(data) : data instanceof Float32Array ? data : Float32Array.from(data);
    this.device.queue.writeBuffer(s.buffer, offset * 4, exact as BufferSource);
  }

  private stored(name: string): StoredBuffer {
    const s = this.store.get(name);
    if (!s) throw new Error(`buffer '${name}' does not exist; load a program that declares it first.`);
    return s;
  }

  private async readBack(source: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    const staging = this.device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, staging, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const copy = staging.getMappedRange().slice(0);
    staging.destroy();
    return copy;
  }

  async read(names: string[]): Promise<Record<string, Numbers>> {
    const arrays = await Promise.all(
      names.map(async (name): Promise<[string, Numbers]> => {
        const s = this.stored(name);
        const raw = await this.readBack(s.buffer, s.elements * 4);
        return [name, s.type === 'u32' ? new Uint32Array(raw) : new Float32Array(raw)];
      }),
    );
    return Object.fromEntries(arrays);
  }

  /** Names of buffers whose guard words were overwritten (only with `has_guards`). */
  async brokenGuards(): Promise<string[]> {
    const out: string[] = [];
    if (!this.options.has_guards) return out;
    for (const [name, s] of this.store) {
      const words = new Uint32Array(await this.readBack(s.buffer, s.buffer.size)).subarray(s.elements);
      if (words.some((w) => w !== GUARD_VALUE)) out.push(name);
    }
    return out;
  }

  seal(): number {
    return this.ring?.seal() ?? 0;
  }
  async takeRows(): Promise<Float32Array[]> {
    const ring = this.ring;
    if (!ring) return [];
    if (this.why_lost) throw new Error(this.why_lost); // a map would be refused without a word
    return new Promise((resolve, reject) => {
      this.abandon = reject;
      ring.take().then(resolve, reject);
    });
  }
  get num_sealed(): number {
    return this.ring?.num_sealed ?? 0;
  }
  get rows_left(): number {
    return this.ring?.rows_left ?? Number.POSITIVE_INFINITY;
  }

  keepOnly(loaded: LoadedProgram[]): void {
    const keep = new Set(loaded.flatMap((l) => [...(l as LoadedGpuProgram).names]));
    for (const [name, s] of this.store) {
      if (keep.has(name)) continue;
      s.buffer.destroy();
      this.bytes -= s.buffer.size;
      this.store.delete(name);
    }
  }

  destroy(): void {
    this.ring?.destroy();
    for (const s of this.store.values()) s.buffer.destroy();
    this.store.clear();
    this.bytes = 0;
  }
}
