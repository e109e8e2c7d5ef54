/** The worker's interface, used by `expose` on one side and `wrap` on the other. Everything that crosses is plain data. */
import type { EngineInfo } from '../engine/executor.ts';
import type { Program } from '../engine/program.ts';
import type { Knob } from '../engine/table.ts';

/** What a run is: five names, some numbers, a seed. Missing numbers mean the declared defaults. */
export interface RunConfig {
  task: string;
  policy: string;
  algorithm: string;
  /** role -> part id, where a part of the algorithm was exchanged */
  parts: Record<string, string>;
  /** difficulty of the task, by name in its settings table */
  task_settings: Record<string, number>;
  /** sizes of the policy, by name in its settings table */
  policy_settings: Record<string, number>;
  /** batch sizes and schedule, by name in the batch settings table */
  batch: Record<string, number>;
  /** hyperparameters (algorithm's parts, optimiser, sampling, task rules) */
  hyper: Record<string, number>;
  seed: number;
}

/** Everything the page needs to draw the controls and the charts of a run. */
export interface RunInfo {
  config: RunConfig;
  engine: EngineInfo;
  /** name -> knob, in the order in which sliders are drawn; `group` is the part or place a knob belongs to */
  hyper: { name: string; group: string; knob: Knob }[];
  /** metric columns of every row, in order */
  metrics: MetricInfo[];
  num_parameters: number;
  num_launches: number;
  bytes: number;
  step: number;
  /** expected reward of the best policy where it is known */
  optimum: number | undefined;
  /** what one step runs */
  program: Program;
}

export interface MetricInfo {
  id: string;
  label: string;
  unit: string;
  doc: string;
}

/** Rows of some steps: `values` is [row][replica][metric] flattened; NaN where a metric was not measured at that step. */
export interface RowBatch {
  /** number of metrics and replicas per row */
  num_metrics: number;
  num_replicas: number;
  steps: Int32Array;
  /** seconds that the run has been going, pauses left out, per row */
  seconds: Float64Array;
  values: Float32Array;
}

/** A change that was made while the run was going. */
export interface Edit {
  /** first step that saw the change */
  step: number;
  text: string;
}

/** What an edit did: a value, for all replicas or for one, or an exchange of the algorithm or of parts. */
export type Change =
  | { name: string; value: number; replica?: number }
  | { algorithm?: string; parts?: Record<string, string> };
/** An edit that can be made again. */
export interface RecordedEdit extends Edit {
  change: Change;
}

export type RunPhase = 'empty' | 'compiling' | 'warming_up' | 'paused' | 'running' | 'failed';
export interface Status {
  phase: RunPhase;
  step: number;
  steps_per_second: number;
  /** one sentence for the reader, when there is something to say */
  message: string;
  /** 0 … 1 while `compiling` or `warming_up` */
  progress: number;
}

export interface SampleToken {
  symbol: string;
  /** 1 on the policy's own tokens */
  mask: number;
  logp: number;
  coef: number;
  advantage: number;
  entropy: number;
  clipped: boolean;
  /** probability under the present weights over that when it was drawn */
  ratio: number;
  /** only where a close look was asked for */
  close?: SampleClose;
}
/** What a close look adds to a token: everything its coefficient was made of, as the newest update saw it. */
export interface SampleClose {
  /** under the weights at the start of the update phase, and under those that the update began from */
  old_logp: number;
  now_logp: number;
  /** the factors of `coef`: weight · (mask · importance · correction · advantage · likelihood − penalty); NaN where a factor is not known */
  factors: Record<'weight' | 'mask' | 'importance' | 'correction' | 'advantage' | 'likelihood' | 'penalty', number>;
  /** a covariance singled the token out */
  is_picked: boolean;
  /** dropped by the dual clip */
  is_clipped_lower: boolean;
  /** probability of every symbol at this place when the token was drawn; absent where a solver wrote it */
  before?: number[];
  /** the same under the weights that the step has left behind; absent where that takes another forward pass */
  after?: number[];
}
export interface SampleResponse {
  text: string;
  verdict: string;
  reward: number;
  /** only where the run counts right and wrong responses whatever their rewards */
  is_right?: boolean;
  tokens: SampleToken[];
  /** the task's solver wrote it, not the policy */
  is_demonstration: boolean;
}
/** One prompt of the last step with its group. */
export interface SampleGroup {
  step: number;
  replica: number;
  prompt_index: number;
  num_prompts: number;
  prompt: string;
  responses: SampleResponse[];
  /** place of the prompt among the task's, and how many it has */
  prompt_id: number;
  num_task_prompts: number;
  /** only where a close look was asked for: how a person reads each symbol, and the step's hyperparameters */
  symbols?: string[];
  hyper?: Record<string, number>;
}

export type HistogramOf = 'advantage' | 'coef';
/** How one number is spread over the newest rollout of a replica. */
export interface Histogram {
  of: HistogramOf;
  step: number;
  replica: number;
  /** what is counted */
  unit: 'response' | 'token';
  count: number;
  /** values that are exactly 0; they are in no bin */
  zeros: number;
  mean: number;
  low: number;
  high: number;
  /** bin k reaches from (first + k) · width to the next; none where all values are 0 */
  first: number;
  width: number;
  counts: number[];
}

/** How long the dispatches of a step take, each timed alone. */
export interface DispatchTimes {
  /** by dispatch, the median over the rounds; none where the device has no timestamps */
  microseconds: number[];
  /** by dispatch, how often it was run in a round */
  repeats: number[];
  rounds: number;
}

export interface SelfTestRow {
  group: string;
  name: string;
  worst: number;
  tolerance: number;
  is_ok: boolean;
  note: string;
}

export interface SelfTestResult {
  adapter: string;
  num_failed: number;
  /** outside cases that nothing here answers: neither passed nor failed */
  num_left_out: number;
}

export interface TrainerEvents {
  rows(batch: RowBatch): void;
  status(status: Status): void;
  edit(edit: Edit): void;
}

export interface TrainerApi {
  /** Registers the page's listeners (Comlink proxies). */
  listen(events: TrainerEvents): Promise<void>;
  /** Builds a run. 'auto' takes WebGPU, or the CPU engine where the only adapter is a slower software one. */
  open(config: RunConfig, engine: 'auto' | 'webgpu' | 'cpu'): Promise<RunInfo>;
  /**
   * Gives up a run that is being opened or restored: that request fails with an error named 'Cancelled', and the former run
   * is back.
   */
  cancel(): Promise<void>;
  start(): Promise<void>;
  pause(): Promise<void>;
  /** Runs exactly one step and pauses. */
  step(): Promise<void>;
  /** The same configuration from step 0. */
  reset(): Promise<RunInfo>;
  /** Takes effect at the next step; recorded as an edit. Without `replica`, for all. The columns of later rows may change. */
  setHyper(name: string, value: number, replica?: number): Promise<RunInfo>;
  /** Exchanges the algorithm, or one part of it, and keeps the weights; recorded as an edit. */
  swap(change: { algorithm?: string; parts?: Record<string, string> }): Promise<RunInfo>;
  checkpoint(): Promise<ArrayBuffer>;
  /** Opens the run of a file and pauses it. The present run stays, and goes on, where that is refused or cancelled. */
  restore(file: ArrayBuffer): Promise<RunInfo>;
  /** A group of the newest rollout; where the prompt `follow` was asked there, that prompt's. `is_close` adds what each coefficient was made of. */
  sample(prompt_index: number, replica: number, follow?: number, is_close?: boolean): Promise<SampleGroup>;
  /** How the advantages or coefficients of the newest rollout are spread. */
  histogram(of: HistogramOf, replica: number): Promise<Histogram>;
  /**
   * Times every dispatch of the training step between two steps; the run stays as it is. `goOn` is told 0 … 1 now and then,
   * and where it answers false the timing ends with undefined.
   */
  timeDispatches(goOn: (share: number) => boolean | Promise<boolean>): Promise<DispatchTimes | undefined>;
  /** Why each of these configurations cannot be opened, '' where it can. Builds no run. */
  refusals(configs: readonly RunConfig[]): Promise<string[]>;
  /** At most this many steps a second; 0 lifts the limit. */
  setSpeed(steps_per_second: number): Promise<void>;
  selfTest(onRow: (row: SelfTestRow) => void): Promise<SelfTestResult>;
}
