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

/** The time of one dispatch, the mean over its repeats. */
export interface LaunchTime {
  launch: Launch;
  microseconds: number;
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
  /**
   * Runs one step dispatch by dispatch and times each, run `repeats(index)` times over the same inputs; afterwards the
   * buffers are those of a step. `after` is told of every dispatch; what it throws ends the profile in the middle of the
   * step. Undefined, with nothing run, when the device has no timestamps.
   */
  profile(
    loaded: LoadedProgram,
    repeats: (index: number) => number,
    after?: (index: number) => void | Promise<void>,
  ): Promise<LaunchTime[] | undefined>;
  /** resolves with a sentence when the device is gone; never resolves on the CPU */
  readonly lost: Promise<string>;
  destroy(): void;
}
