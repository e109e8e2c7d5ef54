/** A run: programs on an executor, hyperparameters per replica, a step counter. Knows no worker and no page. */
import { type Parts, partsIn, type Role } from '../algorithms/algorithm.ts';
import { algorithmOf } from '../algorithms/index.ts';
import type { Executor, LoadedProgram } from '../engine/executor.ts';
import { elementsOf, type Program } from '../engine/program.ts';
import { PURPOSE, randomBits, replicaSeed } from '../engine/random.ts';
import type { Numbers } from '../engine/twin.ts';
import { initialParameters, type PolicyInstance } from '../policies/policy.ts';
import { buildStep } from './builder.ts';
import { buildEvaluation, buildSampling } from './evaluation.ts';
import { EVALUATION_COLUMNS, METRIC_COLUMNS, metricsOf } from './metrics.ts';
import { demonstrationVariants, type StepPlan } from './plan.ts';
import type { Change, RecordedEdit, RunConfig, RunInfo } from './protocol.ts';
import { checkHyper, hyperNames, hyperRow, type Resolved, resolve, wantsReference } from './resolve.ts';

/** Evaluation asks at most this many prompts: enough to tell 0.9 from 0.95, small beside a training step. */
const MAX_EVALUATION_PROMPTS = 64;
/** Fewer where every prompt is answered many times. */
const MAX_SAMPLED_PROMPTS = 16;

/** One step's numbers: [replica][metric of RunInfo.metrics], NaN where a metric was not measured. */
export interface Row {
  step: number;
  values: Float32Array;
}

/** Buffers whose content is the run's state: what a checkpoint holds. */
export const STATE = [
  'clock',
  'params',
  'moment1',
  'moment2',
  'optimiser',
  'baseline',
  'metrics',
  'tokens',
  'token_mask',
  'length',
  'token_stat',
  'value_stat',
  'params_history',
];

/** Parameters of one layout carried over to another, tensor by tensor and column by column; new columns start at 0. */
function carryOver(from: PolicyInstance, to: PolicyInstance, values: Numbers, replicas: number): Float32Array {
  const out = new Float32Array(to.num_parameters * replicas);
  for (let r = 0; r < replicas; r++) {
    for (const tensor of to.tensors) {
      const old = from.tensors.find((t) => t.name === tensor.name);
      if (!old) continue;
      const width = tensor.shape[tensor.shape.length - 1];
      const old_width = old.shape[old.shape.length - 1];
      const rows = tensor.shape.reduce((a, b) => a * b, 1) / width;
      for (let i = 0; i < rows; i++) {
        for (let c = 0; c < Math.min(width, old_width); c++) {
          out[r * to.num_parameters + tensor.offset + i * width + c] =
            values[r * from.num_parameters + old.offset + i * old_width + c];
        }
      }
    }
  }
  return out;
}

export class Run {
  step = 0;
  readonly edits: RecordedEdit[] = [];
  /** the configuration before any edit: with the edits it tells the whole run */
  first_config: RunConfig;
  private resolved: Resolved;
  private values: Record<string, number>[] = [];
  private training!: LoadedProgram;
  /** programs that run before the step wherever an evaluation is due */
  private evaluations: LoadedProgram[] = [];
  private columns: number[] = [];
  /** the start weights of all replicas, for the KL anchor */
  private start: Float32Array = new Float32Array(0);
  private readonly submitted: { step: number; is_evaluated: boolean }[] = [];

  private constructor(
    readonly executor: Executor,
    resolved: Resolved,
  ) {
    this.resolved = resolved;
    this.first_config = resolved.config;
    this.values = Array.from({ length: resolved.batch.replicas }, () => ({ ...resolved.values }));
  }

  /** Builds, compiles and, where asked for, warms up. `onProgress` gets 0 … 1 during a warm-up; what it throws ends it. */
  static async open(
    executor: Executor,
    config: RunConfig,
    onProgress: (phase: 'compiling' | 'warming_up', progress: number) => void | Promise<void> = () => {},
  ): Promise<Run> {
    const run = new Run(executor, resolve(config, executor.info));
    await onProgress('compiling', 0);
    const { batch, policy } = run.resolved;
    run.start = new Float32Array(policy.num_parameters * batch.replicas);
    for (let r = 0; r < batch.replicas; r++)
      run.start.set(initialParameters(policy, replicaSeed(config.seed, r)), r * policy.num_parameters);
    if (batch.warm_up_steps > 0) await run.warmUp(onProgress);
    await run.load();
    run.writeStart();
    return run;
  }

  get config(): RunConfig {
    return this.resolved.config;
  }
  get replicas(): number {
    return this.resolved.batch.replicas;
  }
  get task() {
    return this.resolved.task;
  }
  get instance() {
    return this.resolved.instance;
  }
  get policy(): PolicyInstance {
    return this.resolved.policy;
  }
  get parts(): Parts {
    return this.resolved.parts;
  }
  /** what a step runs, as the executor holds it */
  get loaded(): LoadedProgram {
    return this.training;
  }
  get program(): Program {
    return this.training.program;
  }
  /** the programs that judge the policy beside the training */
  get evaluationPrograms(): Program[] {
    return this.evaluations.map((loaded) => loaded.program);
  }
  /** hyperparameter values of one replica */
  hyperOf(replica: number): Record<string, number> {
    return this.values[replica];
  }

  private plan(r: Resolved = this.resolved): StepPlan {
    return {
      task: r.task,
      instance: r.instance,
      policy: r.policy,
      parts: r.parts,
      batch: r.batch,
      hyper: hyperNames(r),
      has_ref_logp: wantsReference(r, this.values),
      choose_prompt: 'by_source',
    };
  }

  private async load(): Promise<void> {
    const plan = this.plan();
    const { instance, batch } = this.resolved;
    const training = await this.executor.load(buildStep(plan), { collect: 'metrics' });
    const evaluations: LoadedProgram[] = [];
    if (batch.eval_every > 0) {
      const pool = instance.num_held_out > 0 ? instance.num_held_out : instance.prompts.length;
      const first = instance.prompts.length - pool;
      const programs = [buildEvaluation(plan, first, Math.min(pool, MAX_EVALUATION_PROMPTS))];
      if (batch.eval_samples > 0)
        programs.push(buildSampling(plan, first, Math.min(pool, MAX_SAMPLED_PROMPTS), batch.eval_samples));
      for (const program of programs) evaluations.push(await this.executor.load(program));
    }
    for (const loaded of [...evaluations, training]) this.writeTables(loaded.program);
    this.training = training;
    this.evaluations = evaluations;
    this.columns = this.metrics().map((m) => m.column);
    this.executor.keepOnly([training, ...evaluations]);
    this.writeHyper();
  }

  /** The metrics of this run, with their columns. */
  private metrics() {
    const { parts, instance, batch } = this.resolved;
    return metricsOf({
      parts,
      has_ref_logp: wantsReference(this.resolved, this.values),
      has_evaluation: this.evaluations.length > 0,
      eval_samples: batch.eval_samples,
      kinds: instance.kinds ?? [],
      num_correct: instance.num_correct,
      has_entropy_watch: batch.entropy_watch === 1,
    });
  }

  /** Fills every buffer that the host owns. */
  private writeTables(program: Program, resolved: Resolved = this.resolved, is_pretraining = false): void {
    const { instance } = resolved;
    const has = (name: string) => program.buffers[name] !== undefined;
    const each = (name: string, make: (i: number) => number) => {
      if (!has(name)) return;
      const count = elementsOf(program, program.buffers[name]);
      const replica = count / program.dims.replica;
      this.executor.write(
        name,
        Uint32Array.from({ length: count }, (_, i) => make(i % replica)),
      );
    };
    if (has('prompt_table')) this.executor.write('prompt_table', Uint32Array.from(instance.prompts.flat()));
    for (const name of Object.keys(program.buffers)) {
      // a batch in its own order, and groups that are all kept
      const is_identity = name.endsWith('sequence_index') || name === 'group_member' || name === 'kept_group';
      if (is_identity && program.buffers[name].origin === 'host') each(name, (i) => i);
    }
    each('group_start', (i) => i * program.dims.member);
    if (has('demonstration_table'))
      this.executor.write('demonstration_table', this.demonstrations(resolved, program.dims.table_row, is_pretraining));
    if (has('ref_params')) this.executor.write('ref_params', this.start);
  }

  /** What the task's solver writes, or what the pre-training data hold. */
  private demonstrations(resolved: Resolved, row: number, is_pretraining: boolean): Uint32Array {
    const { instance, task } = resolved;
    const variants = demonstrationVariants(instance.prompts.length);
    const out = new Uint32Array(instance.prompts.length * variants * row);
    instance.prompts.forEach((prompt, p) => {
      for (let variant = 0; variant < variants; variant++) {
        let count = 0;
        const draw = (n: number) => randomBits(0, p, PURPOSE.demonstration, variant, count++) % n;
        const response =
          is_pretraining && instance.pretrain ? instance.pretrain(prompt, draw) : instance.demonstrate(prompt, draw);
        if (response.length > instance.position) {
          throw new Error(
            `task ${task.id}: a demonstration has ${response.length} symbols, responses have at most ${instance.position}.`,
          );
        }
        const at = (p * variants + variant) * row;
        out.set(response, at);
        out[at + row - 1] = response.length;
      }
    });
    return out;
  }

  private writeHyper(): void {
    this.executor.write('hypers', Float32Array.from(this.values.flatMap((v) => hyperRow(this.resolved, v))));
  }

  /** Fresh weights, moments and clock. */
  private writeStart(): void {
    this.executor.write('params', this.start);
    const { buffers } = this.program;
    for (const name of ['moment1', 'moment2', 'optimiser', 'baseline', 'metrics', 'recorded', 'params_history']) {
      if (buffers[name]) this.executor.write(name, new Float32Array(elementsOf(this.program, buffers[name])));
    }
    this.writeClock();
  }

  private writeClock(): void {
    this.executor.write(
      'clock',
      Uint32Array.from({ length: this.replicas * 2 }, (_, i) =>
        i % 2 === 0 ? replicaSeed(this.config.seed, i / 2) : this.step,
      ),
    );
  }

  /** Supervised updates on demonstrations; leaves its result in `start`. */
  private async warmUp(onProgress: (phase: 'warming_up', progress: number) => void | Promise<void>): Promise<void> {
    const { batch, policy, policy_family } = this.resolved;
    const supervised = resolve({
      ...this.config,
      algorithm: 'sft',
      parts: {},
      hyper: { learning_rate: policy_family.warm_up_learning_rate },
      batch: {
        ...this.config.batch,
        ...{ minibatches: 1, epochs: 1, eval_every: 0, prompts: 32, group_size: 1, entropy_watch: 0 },
        replicas: batch.replicas, // which may be the algorithm's own
      },
    });
    // the same layout as the run that follows, value column included
    const plan: StepPlan = {
      ...this.plan({ ...supervised, policy }),
      parts: partsIn(algorithmOf('sft')),
      has_ref_logp: false,
    };
    const loaded = await this.executor.load(buildStep(plan), { collect: 'metrics' });
    this.writeTables(loaded.program, supervised, true);
    const row = hyperRow(supervised, supervised.values);
    this.executor.write('hypers', Float32Array.from(Array.from({ length: batch.replicas }, () => row).flat()));
    this.executor.write('params', this.start);
    for (const name of ['moment1', 'moment2', 'optimiser', 'metrics', 'recorded']) {
      this.executor.write(name, new Float32Array(elementsOf(loaded.program, loaded.program.buffers[name])));
    }
    this.writeClock();
    for (let k = 0; k < batch.warm_up_steps; k++) {
      this.executor.run(loaded);
      if (k % 8 === 7 || k === batch.warm_up_steps - 1) {
        this.executor.seal();
        await this.executor.takeRows();
        await onProgress('warming_up', (k + 1) / batch.warm_up_steps);
      }
    }
    this.start = Float32Array.from((await this.executor.read(['params'])).params);
  }

  info(): RunInfo {
    const { resolved } = this;
    return {
      config: this.config,
      engine: this.executor.info,
      hyper: resolved.hyper,
      metrics: this.metrics().map((m) => m.info),
      num_parameters: resolved.policy.num_parameters,
      num_launches: this.training.num_launches,
      bytes: this.executor.bytes,
      step: this.step,
      optimum: resolved.instance.optimum,
      program: this.program,
    };
  }

  /** Queues one step, with an evaluation of the policy before it where one is due. */
  submit(): void {
    const every = this.resolved.batch.eval_every;
    const is_evaluated = this.evaluations.length > 0 && this.step % every === 0;
    if (is_evaluated) for (const evaluation of this.evaluations) this.executor.run(evaluation);
    this.executor.run(this.training);
    this.submitted.push({ step: this.step, is_evaluated });
    this.step++;
  }

  /** The rows of the oldest sealed batch of steps. */
  async take(): Promise<Row[]> {
    const raw = await this.executor.takeRows();
    return raw.map((values) => {
      const { step, is_evaluated } = this.submitted.shift()!;
      const out = new Float32Array(this.columns.length * this.replicas);
      for (let r = 0; r < this.replicas; r++) {
        this.columns.forEach((column, m) => {
          const hidden = EVALUATION_COLUMNS.includes(column) && !is_evaluated;
          out[r * this.columns.length + m] = hidden ? Number.NaN : values[r * METRIC_COLUMNS + column];
        });
      }
      return { step, values: out };
    });
  }

  /**
   * Evaluates the policy as it is now under other hyperparameters, such as another rule of the verifier: metric id -> one
   * number per replica. Leaves the run as it was; all rows must have been taken.
   */
  async probe(hyper: Record<string, number>): Promise<Record<string, Float32Array>> {
    for (const [name, value] of Object.entries(hyper)) checkHyper(this.resolved, name, value);
    const { metrics } = await this.executor.read(['metrics']);
    const before = Float32Array.from(metrics);
    const rows = this.values.map((row) => hyperRow(this.resolved, { ...row, ...hyper }));
    this.executor.write('hypers', Float32Array.from(rows.flat()));
    for (const evaluation of this.evaluations) this.executor.run(evaluation);
    const after = (await this.executor.read(['metrics'])).metrics;
    const out: Record<string, Float32Array> = {};
    for (const { info, column } of this.metrics()) {
      if (EVALUATION_COLUMNS.includes(column))
        out[info.id] = Float32Array.from({ length: this.replicas }, (_, r) => after[r * METRIC_COLUMNS + column]);
    }
    this.executor.write('metrics', before);
    this.writeHyper();
    return out;
  }

  /** Runs `count` steps and returns their rows: for the command line and tests. */
  async advance(count: number): Promise<Row[]> {
    const rows: Row[] = [];
    for (let k = 0; k < count; k++) {
      this.submit();
      if (this.executor.rows_left === 0 || k === count - 1) this.executor.seal();
      while (this.executor.num_sealed > (k === count - 1 ? 0 : 2)) rows.push(...(await this.take()));
    }
    return rows;
  }

  private record(text: string, change: Change): RecordedEdit {
    const edit = { step: this.step, text, change };
    this.edits.push(edit);
    return edit;
  }

  /** Takes effect at the next step. All rows of earlier steps must have been taken when the set of metrics may change. */
  async setHyper(name: string, value: number, replica?: number): Promise<RecordedEdit> {
    checkHyper(this.resolved, name, value);
    const had_reference = wantsReference(this.resolved, this.values);
    const rows = replica === undefined ? this.values : [this.values[replica]];
    if (rows[0] === undefined)
      throw new Error(`replica ${replica} does not exist; this run has ${this.replicas}, counted from 0.`);
    const before = rows[0][name];
    for (const row of rows) row[name] = value;
    if (replica === undefined)
      this.resolved = { ...this.resolved, config: { ...this.config, hyper: { ...this.config.hyper, [name]: value } } };
    if (wantsReference(this.resolved, this.values) !== had_reference) await this.load();
    else this.writeHyper();
    const { choices, title = name.replaceAll('_', ' ') } = this.resolved.hyper.find((h) => h.name === name)!.knob;
    const said = (number: number) => choices?.[number] ?? number;
    return this.record(
      `${title} ${said(before)} → ${said(value)}${replica === undefined ? '' : ` (replica ${replica})`}`,
      replica === undefined ? { name, value } : { name, value, replica },
    );
  }

  /** Exchanges the algorithm or some of its parts; weights, moments and clock stay. Throws one sentence and changes nothing when it cannot. */
  async swap(change: { algorithm?: string; parts?: Record<string, string> }): Promise<RecordedEdit> {
    const before = this.resolved;
    const parts = change.algorithm === undefined ? { ...this.config.parts, ...change.parts } : (change.parts ?? {});
    const config: RunConfig = { ...this.config, algorithm: change.algorithm ?? this.config.algorithm, parts };
    // a value the user set stays wherever the new parts know it
    const draft = resolve({ ...config, hyper: {} }, this.executor.info);
    const kept = Object.fromEntries(
      Object.entries(this.config.hyper).filter(([name]) => draft.hyper.some((h) => h.name === name)),
    );
    const after = resolve({ ...config, hyper: kept, batch: before.batch }, this.executor.info);
    const carried = await this.executor.read(['params', 'moment1', 'moment2', 'optimiser', 'clock']);
    const values = this.values;
    this.resolved = after;
    this.values = values.map((old) =>
      Object.fromEntries(
        Object.entries(after.values).map(([name, value]) => [
          name,
          name in this.config.hyper && name in old ? old[name] : value,
        ]),
      ),
    );
    try {
      await this.load();
    } catch (error) {
      this.resolved = before;
      this.values = values;
      await this.load();
      throw error;
    }
    for (const name of ['params', 'moment1', 'moment2'])
      this.executor.write(name, carryOver(before.policy, after.policy, carried[name], this.replicas));
    this.fillHistory(carryOver(before.policy, after.policy, carried.params, this.replicas));
    this.executor.write('optimiser', carried.optimiser);
    this.executor.write('clock', carried.clock);
    this.start = carryOver(before.policy, after.policy, this.start, this.replicas);
    if (this.program.buffers.ref_params) this.executor.write('ref_params', this.start);
    const text =
      change.algorithm === undefined
        ? Object.keys(change.parts ?? {})
            .map((role) => `${role}: ${after.parts[role as Role].title}`)
            .join(', ')
        : after.algorithm.title;
    return this.record(text, { ...change });
  }

  /** Makes a recorded change again. */
  async repeat(change: Change): Promise<void> {
    if ('name' in change) await this.setHyper(change.name, change.value, change.replica);
    else await this.swap(change);
  }

  /** After an exchange of parts every older policy is the present one. */
  private fillHistory(params: Float32Array): void {
    if (!this.program.buffers.params_history) return;
    const { num_parameters } = this.resolved.policy;
    const { staleness } = this.resolved.batch;
    for (let r = 0; r < this.replicas; r++) {
      const mine = params.subarray(r * num_parameters, (r + 1) * num_parameters);
      for (let k = 0; k < staleness; k++)
        this.executor.write('params_history', mine, (r * staleness + k) * num_parameters);
    }
  }

  /** Names and contents of the buffers that are this run's state. */
  async state(): Promise<Record<string, Numbers>> {
    const names = STATE.filter((name) => this.program.buffers[name] !== undefined);
    return { ...(await this.executor.read(names)), start_params: this.start };
  }

  /** Puts a state back; sizes were checked by the reader of the checkpoint. */
  async restore(
    state: Record<string, Numbers>,
    step: number,
    edits: readonly RecordedEdit[],
    values: Record<string, number>[],
    config: RunConfig,
    first_config: RunConfig,
  ): Promise<void> {
    this.first_config = first_config;
    this.values = values.map((row) => ({ ...row }));
    this.resolved = { ...this.resolved, config };
    this.start = Float32Array.from(state.start_params);
    await this.load(); // values decide whether the KL anchor is part of the program
    for (const [name, data] of Object.entries(state)) if (this.program.buffers[name]) this.executor.write(name, data);
    this.step = step;
    this.edits.splice(0, this.edits.length, ...edits);
  }

  /** Hyperparameter values by replica. */
  get allValues(): Record<string, number>[] {
    return this.values;
  }
}
