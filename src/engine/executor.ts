/** What the trainer needs of an engine; the WebGPU and the CPU executor both are one. */
import type { Launch, Program } from './program.ts';
import type { Numbers } from './twin.ts';

/** Names the hardware a run is on, for people. */
export interface EngineInfo {
  kind: 'webgpu' | 'cpu';
  /** vendor, architecture or device as the driver names them */
  adapter: string;
  /** a WebGPU adapter that runs on the CPU */
  is_software: boolean;
}

/** A program whose buffers exist and whose kernels are compiled. */
export interface LoadedProgram {
  readonly program: Program;
  /** number of dispatches of one step */
  readonly num_launches: number;
}

export interface LoadOptions {
  /** buffer copied at the end of every step into the ring of rows */
  collect?: string;
}

export interface Executor {
  readonly info: EngineInfo;
  /** Checks, allocates missing buffers (zeroed; buffers of equal name and size are shared with earlier programs) and compiles. */
  load(program: Program, options?: LoadOptions): Promise<LoadedProgram>;
  /** Runs every dispatch once, in order. Returns at once; the work is queued. */
  run(loaded: LoadedProgram): void;
  /** Overwrites a buffer from element `offset`, ordered with the steps already queued. */
  write(buffer: string, data: Numbers, offset?: number): void;
  /** Copies buffers back after everything queued so far. */
  read(buffers: string[]): Promise<Record<string, Numbers>>;
  /** Rows of steps run since the last seal start travelling to the host; returns how many. */
  seal(): number;
  /** The rows of the oldest sealed batch, in step order. */
  takeRows(): Promise<Float32Array[]>;
  /** sealed batches not yet taken */
  readonly num_sealed: number;
  /** rows that still fit before `seal` must be called */
  readonly rows_left: number;
  /** bytes of all buffers of this executor */
  readonly bytes: number;
  /** Frees every buffer that none of the given programs uses. */
  keepOnly(loaded: LoadedProgram[]): void;
  /** Microseconds of every dispatch of one step, each repeated; undefined when the device has no timestamps. */
  profile(loaded: LoadedProgram, repeats: number): Promise<{ launch: Launch; microseconds: number }[] | undefined>;
  /** resolves with a sentence when the device is gone; never resolves on the CPU */
  readonly lost: Promise<string>;
  destroy(): void;
}
