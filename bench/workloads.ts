/** The workloads on the project's own engine, builder and kernels; nothing here computes. */
import type { Executor, LoadedProgram } from '../src/engine/executor.ts';
import { elementsOf, type Program } from '../src/engine/program.ts';
import type { PolicyInstance } from '../src/policies/policy.ts';
import transformer from '../src/policies/transformer.ts';
import repeatSymbol from '../src/tasks/repeat_symbol.ts';
import { buildStep, type Section } from '../src/trainer/builder.ts';
import { metricColumn } from '../src/trainer/metrics.ts';
import type { StepPlan } from '../src/trainer/plan.ts';
import { hyperNames, hyperRow, resolve } from '../src/trainer/resolve.ts';
import {
  advantageInputs,
  advantageSizes,
  type LanguageSizes,
  languageSizes,
  promptsOf,
  type Scale,
  startWeights,
  updateBatch,
  type Workload,
} from './spec.ts';

/** What the timing loop needs: start one unit of work; wait for everything started, reading a little of the newest result. */
export interface Timed {
  step(): void | Promise<void>;
  sync(): Promise<unknown>;
}

/** The five scalars of an update, in the order of the workloads' description. */
const SCALARS = ['reward_mean', 'loss', 'grad_norm', 'approx_kl_k3', 'entropy'].map(metricColumn);

/** A plan with the loss, optimiser and sizes of the workloads: token mean, population std + 1e-4, no dual clip, AdamW without decay. */
function planOf(executor: Executor, c: LanguageSizes) {
  const resolved = resolve(
    {
      task: 'repeat_symbol',
      policy: 'transformer',
      algorithm: 'grpo',
      parts: { regulariser: 'none', weighting: 'token_mean' },
      task_settings: { vocab: c.vocab, prompt_length: c.prompt_position, response_length: c.position },
      policy_settings: { layers: c.layers, width: c.width, heads: c.heads },
      batch: { prompts: c.prompts, group_size: c.group_size, minibatches: 1, eval_every: 0 },
      hyper: { learning_rate: 1e-3, max_grad_norm: 1, advantage_eps: 1e-4, std_is_population: 1, dual_clip: 1000 },
      seed: 1,
    },
    executor.info,
  );
  const instance = { ...resolved.instance, prompts: promptsOf(c, 0), num_held_out: 0 };
  const plan: StepPlan = {
    task: repeatSymbol,
    instance,
    policy: resolved.policy,
    parts: resolved.parts,
    batch: resolved.batch,
    hyper: hyperNames(resolved),
    has_ref_logp: false,
    choose_prompt: 'in_order',
  };
  return { plan, hyper: Float32Array.from(hyperRow(resolved, resolved.values)) };
}

/** Loads some sections of the step program and fills what the host owns. */
async function language(executor: Executor, c: LanguageSizes, sections: readonly Section[]) {
  const { plan, hyper } = planOf(executor, c);
  const program = buildStep(plan, sections);
  const loaded = await executor.load(program, sections.includes('report') ? { collect: 'metrics' } : {});
  const write = (name: string, make: () => Float32Array | Uint32Array) => {
    if (program.buffers[name]) executor.write(name, make());
  };
  const count = (name: string) => elementsOf(program, program.buffers[name]);
  write('hypers', () => hyper);
  write('params', () => startWeights(plan.policy.tensors, plan.policy.num_parameters));
  write('clock', () => Uint32Array.of(1, 0));
  write('prompt_table', () => Uint32Array.from(promptsOf(c, 0).flat()));
  for (const name of ['rollout_sequence_index', 'mb_sequence_index', 'group_member', 'kept_group']) {
    write(name, () => Uint32Array.from({ length: count(name) }, (_, i) => i));
  }
  write('group_start', () => Uint32Array.from({ length: count('group_start') }, (_, i) => i * c.group_size));
  return { loaded, program, policy: plan.policy, write, plan, hyper };
}

/** Puts W2's batch where a rollout would have left one. */
function writeUpdateBatch(
  c: LanguageSizes,
  stride: number,
  write: (name: string, make: () => Float32Array | Uint32Array) => void,
) {
  const batch = updateBatch(c);
  const sequences = c.prompts * c.group_size;
  write('tokens', () => batch.tokens);
  write('rewards', () => batch.rewards);
  write('advantage', () => batch.advantage);
  write('length', () => new Uint32Array(sequences).fill(c.position));
  write('token_mask', () => new Uint32Array(sequences).fill(2 ** c.position - 1));
  write('recorded', () => {
    const out = new Float32Array(sequences * stride * 4);
    for (let i = 0; i < sequences * c.position; i++)
      out[(Math.floor(i / c.position) * stride + (i % c.position)) * 4 + 1] = batch.old_logp[i];
    return out;
  });
}

/** W4's program: both estimators over one batch. */
function advantageProgram(scale: Scale): Program {
  const { sequences, position, group_size } = advantageSizes(scale);
  const f32 = 'f32' as const;
  const host = 'host' as const;
  const tokens = ['replica', 'sequence', 'position_stride'];
  return {
    id: 'advantage',
    hyper: ['discount', 'gae_lambda', 'advantage_eps', 'std_is_population'],
    dims: {
      replica: 1,
      hyper: 4,
      sequence: sequences,
      position,
      position_stride: position,
      mask_word: position / 32,
      group: sequences / group_size,
      group_end: sequences / group_size + 1,
    },
    buffers: {
      hypers: { type: f32, shape: ['replica', 'hyper'], doc: 'hyperparameters', origin: host },
      rewards: { type: f32, shape: ['replica', 'sequence'], doc: 'one per response', origin: host },
      token_mask: { type: 'u32', shape: ['replica', 'sequence', 'mask_word'], doc: 'bits', origin: host },
      group_start: { type: 'u32', shape: ['replica', 'group_end'], doc: 'first member', origin: host },
      group_member: { type: 'u32', shape: ['replica', 'sequence'], doc: 'members', origin: host },
      advantage: { type: f32, shape: ['replica', 'sequence'], doc: 'group advantage', is_result: true },
      token_rewards: { type: f32, shape: tokens, doc: 'reward of each token', origin: host },
      values: { type: f32, shape: tokens, doc: 'value before each token', origin: host },
      token_advantage: { type: f32, shape: tokens, doc: 'GAE', is_result: true },
    },
    steps: [
      { kernel: 'group_advantage', over: ['replica', 'group'], slots: { group_advantage_of: 'standardise' } },
      { kernel: 'gae', over: ['replica', 'sequence'] },
    ],
  };
}

async function loadAdvantage(executor: Executor, scale: Scale): Promise<LoadedProgram> {
  const { sequences, position, group_size } = advantageSizes(scale);
  const input = advantageInputs(scale);
  const loaded = await executor.load(advantageProgram(scale));
  executor.write('hypers', Float32Array.of(0.99, 0.95, 1e-4, 1));
  executor.write('rewards', input.rewards);
  executor.write('token_rewards', input.token_rewards);
  executor.write('values', input.values);
  executor.write(
    'group_member',
    Uint32Array.from({ length: sequences }, (_, i) => i),
  );
  executor.write(
    'group_start',
    Uint32Array.from({ length: sequences / group_size + 1 }, (_, i) => i * group_size),
  );
  const words = position / 32;
  executor.write(
    'token_mask',
    Uint32Array.from({ length: sequences * words }, (_, i) => {
      const own = Math.min(Math.max(input.lengths[Math.floor(i / words)] - (i % words) * 32, 0), 32);
      return own === 32 ? 0xffffffff : 2 ** own - 1;
    }),
  );
  return loaded;
}

/** A workload ready to be timed. */
export async function makeWorkload(executor: Executor, workload: Workload, scale: Scale): Promise<Timed> {
  if (workload === 'W4') {
    const loaded = await loadAdvantage(executor, scale);
    return { step: () => executor.run(loaded), sync: () => executor.read(['advantage']) };
  }
  const c = languageSizes(workload, scale);
  if (workload === 'W1') {
    const { loaded } = await language(executor, c, ['rollout']);
    return { step: () => executor.run(loaded), sync: () => executor.read(['clock']) };
  }
  if (workload === 'W2') {
    const { loaded, program, write } = await language(executor, c, ['update', 'report']);
    writeUpdateBatch(c, program.dims.position_stride, write);
    return stepper(executor, loaded);
  }
  const { loaded } = await language(executor, c, ['rollout', 'advantage', 'update', 'report']);
  const table = Array.from({ length: 256 }, (_, step) => Uint32Array.from(promptsOf(c, step).flat()));
  let step = 0;
  return stepper(executor, loaded, () => executor.write('prompt_table', table[step++ % 256]));
}

/** Steps whose scalars travel through the ring of rows. */
function stepper(executor: Executor, loaded: LoadedProgram, before: () => void = () => {}): Timed {
  let newest: Float32Array | undefined;
  const take = async () => {
    for (const row of await executor.takeRows()) newest = row;
  };
  return {
    async step() {
      before();
      executor.run(loaded);
      if (executor.rows_left === 0) {
        executor.seal();
        if (executor.num_sealed > 2) await take();
      }
    },
    async sync() {
      executor.seal();
      while (executor.num_sealed > 0) await take();
      return SCALARS.map((column) => newest![column]);
    },
  };
}

/** Numbers by which another implementation is judged, from the initial parameters at scale `small`. */
export async function checkNumbers(executor: Executor): Promise<Record<string, unknown>> {
  const c = languageSizes('W3', 'small');
  const batch = updateBatch(c);
  const out: Record<string, unknown> = { logits: [...(await wholeLogits(executor, c, batch.tokens, 8))] };

  const rollout = await language(executor, c, ['rollout']);
  executor.run(rollout.loaded);
  const drawn = await executor.read(['tokens', 'recorded']);
  const stride = rollout.program.dims.position_stride;
  out.rollout_tokens = [...drawn.tokens];
  out.rollout_logp = Array.from(
    { length: c.prompts * c.group_size * c.position },
    (_, i) => drawn.recorded[(Math.floor(i / c.position) * stride + (i % c.position)) * 4],
  );

  const update = await language(executor, c, ['update', 'report']);
  for (const name of ['moment1', 'moment2', 'optimiser', 'metrics']) {
    update.write(name, () => new Float32Array(elementsOf(update.program, update.program.buffers[name])));
  }
  writeUpdateBatch(c, stride, update.write);
  const timed = stepper(executor, update.loaded);
  const metrics: number[][] = [];
  for (let k = 0; k < 3; k++) {
    await timed.step();
    metrics.push(((await timed.sync()) as number[]).slice(1));
  }
  out.metrics = metrics;
  out.params = [...(await executor.read(['params'])).params].slice(0, update.policy.num_parameters);

  executor.run(await loadAdvantage(executor, 'small'));
  const advantage = await executor.read(['advantage', 'token_advantage']);
  out.gae_group = [...advantage.advantage];
  out.gae = [...advantage.token_advantage];
  return out;
}

/**
 * Logits of every position of the first `count` sequences. The engine computes the rows it trains on, so the sequences are
 * posed as prompts of one symbol; the position table gets one unused row for that.
 */
async function wholeLogits(
  executor: Executor,
  c: LanguageSizes,
  tokens: Uint32Array,
  count: number,
): Promise<Float32Array> {
  const context = c.prompt_position + c.position;
  const shape = { ...c, prompt_position: 1, position: context, prompts: count, group_size: 1 };
  const settings = { layers: c.layers, width: c.width, heads: c.heads };
  const options = { has_value_head: false, is_wide: executor.info.kind === 'webgpu' && executor.info.is_software };
  const task = { vocab: c.vocab, prompt_position: 1, position: context, prompt_count: count };
  const policy: PolicyInstance = transformer.build(task, settings, options);
  const original = transformer.build(
    { ...task, prompt_position: c.prompt_position, position: c.position },
    settings,
    options,
  );
  const weights = startWeights(original.tensors, original.num_parameters);
  const params = new Float32Array(policy.num_parameters);
  for (const tensor of original.tensors) {
    const size = tensor.shape.reduce((a, b) => a * b, 1);
    params.set(
      weights.subarray(tensor.offset, tensor.offset + size),
      policy.tensors.find((t) => t.name === tensor.name)!.offset,
    );
  }
  const batch = {
    prefix: 'check_',
    prompt: count,
    member: 1,
    total_sequence: count,
    group: count,
    total_member: 1,
    tokens: 'check_tokens',
    prompt_index: '',
  };
  const fragment = policy.forward(batch, 'check_params');
  const host = 'host' as const;
  const program: Program = {
    id: 'logits',
    hyper: [],
    dims: {
      replica: 1,
      ...policy.dims,
      prompt_position: 1,
      position: context,
      context: context + 1,
      vocab: c.vocab,
      ...fragment.dims,
    },
    buffers: {
      ...Object.fromEntries(
        Object.entries(fragment.buffers).map(([name, spec]) => [name, { ...spec, is_result: true }]),
      ),
      check_tokens: { type: 'u32', shape: ['replica', count, 'context'], doc: 'symbols', origin: host },
      check_params: { type: 'f32', shape: ['replica', 'param'], doc: 'weights', origin: host },
      check_sequence_index: { type: 'u32', shape: ['replica', count], doc: '0, 1, 2 …', origin: host },
    },
    steps: fragment.steps,
  };
  const loaded = await executor.load(program);
  executor.write('check_params', params);
  executor.write(
    'check_sequence_index',
    Uint32Array.from({ length: count }, (_, i) => i),
  );
  const padded = new Uint32Array(count * (context + 1));
  for (let s = 0; s < count; s++) padded.set(tokens.subarray(s * context, (s + 1) * context), s * (context + 1));
  executor.write('check_tokens', padded);
  executor.run(loaded);
  const logits = (await executor.read(['check_logits'])).check_logits;
  // rows: one per prompt (position 0), then sequence by sequence
  const out = new Float32Array(count * context * c.vocab);
  for (let s = 0; s < count; s++) {
    for (let t = 0; t < context; t++) {
      const row = t === 0 ? s : count + s * (shape.position - 1) + t - 1;
      for (let v = 0; v < c.vocab; v++) out[(s * context + t) * c.vocab + v] = logits[row * policy.logit_column + v];
    }
  }
  return out;
}
