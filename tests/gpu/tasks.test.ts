import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openNodeDevice } from '../../src/cli/device.ts';
import { GpuExecutor } from '../../src/engine/gpu.ts';
import { compileErrors, joinKernel } from '../../src/engine/join.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import type { Program } from '../../src/engine/program.ts';
import { PURPOSE } from '../../src/engine/random.ts';
import { fillTable } from '../../src/engine/table.ts';
import { tasks } from '../../src/tasks/index.ts';
import type { History, Task, TaskInstance } from '../../src/tasks/task.ts';
import { NEXT, NO_ANSWER } from '../../src/tasks/task.ts';
import { slotTwins } from '../../src/trainer/slots.ts';
import { FORMS, symbolsOf } from '../unit/selfSearchForms.ts';
import { drawOf, withMistakes } from '../unit/taskHelpers.ts';

const REPLICAS = 2;
const SEQUENCES = 3001;
const twins = slotTwins();

let device: GPUDevice;
let executor: GpuExecutor;
const uncaptured: string[] = [];

beforeAll(async () => {
  const opened = await openNodeDevice();
  device = opened.device;
  device.addEventListener('uncapturederror', (event) => uncaptured.push(event.error.message));
  const adapter = opened.info.description || opened.info.architecture;
  const info = { kind: 'webgpu', adapter, is_software: opened.info.software } as const;
  executor = new GpuExecutor(device, info, shaderLibrary, { has_guards: true });
  console.log(`tasks on ${adapter}`);
});
afterAll(() => executor?.destroy());

const hyperNames = (task: Task) => ['temperature', ...Object.keys(task.rules)];
const sizesOf = (at: TaskInstance) => ({
  ...at.sizes,
  prompt: SEQUENCES,
  member: 1,
  prompt_position: at.prompt_position,
  position: at.position,
  sequence: SEQUENCES,
  context: at.prompt_position + at.position,
});

/** Only what judges responses: tokens, lengths and rules come from the host. */
function judges(task: Task, at: TaskInstance): Program {
  const { reward, answer = 'whole_response', response_kind = 'one_kind' } = task.slots;
  const per_sequence = ['replica', 'sequence'];
  return {
    id: `judge ${task.id}`,
    dims: { ...sizesOf(at), replica: REPLICAS, hyper: hyperNames(task).length },
    buffers: {
      hypers: { type: 'f32', shape: ['replica', 'hyper'], doc: 'rules', origin: 'host' },
      tokens: { type: 'u32', shape: ['replica', 'sequence', 'context'], doc: 'prompts, responses', origin: 'host' },
      length: { type: 'u32', shape: per_sequence, doc: 'symbols per response', origin: 'host' },
      rewards: { type: 'f32', shape: per_sequence, doc: 'rewards', is_result: true },
      answers: { type: 'u32', shape: per_sequence, doc: 'keys of the answers', is_result: true },
      kinds: { type: 'u32', shape: per_sequence, doc: 'kinds of the responses', is_result: true },
    },
    hyper: hyperNames(task),
    steps: [
      { kernel: 'score_responses', over: per_sequence, slots: { reward } },
      { kernel: 'extract_answers', over: per_sequence, slots: { answer } },
      { kernel: 'classify_responses', over: per_sequence, slots: { response_kind } },
    ],
  };
}

/** Smallest, largest and default settings. */
const difficulties = (task: Task): Record<string, number>[] => {
  const pick = (what: 'min' | 'max') =>
    Object.fromEntries(Object.entries(task.settings).map(([name, knob]) => [name, knob[what]]));
  return [fillTable('setting', task.settings), pick('min'), pick('max')];
};

/** Rows that noise would hardly find, as [prompt, response] in the task's own symbols, with the rewards they must get. */
const SPECIAL: Record<string, { prompt: string; response: string; reward: number }[]> = {
  general_points: [
    { prompt: '12 2 1 1', response: '12 * 2 / ( 1 - 1 ) end', reward: -1 },
    { prompt: '12 2 1 1', response: '12 * 2 / ( 1 - 1', reward: -1 },
    { prompt: '12 2 1 1', response: '2 / ( 1 - 1 ) * 12 end', reward: -1 },
    { prompt: '3 8 3 8', response: '8 / ( 3 - 8 / 3 ) end', reward: 5 },
    { prompt: '3 8 3 8', response: '( 8 / ( 3 - 8 / 3', reward: 1 },
    { prompt: '10 3 4 2', response: '10 * 3 - 4 - 2 end', reward: 5 },
    { prompt: 'J 3 4 2', response: '10 * 3 - 4 - 2 end', reward: 5 },
    { prompt: '1 2 3 4', response: '1 * 2 * 3 * 4 * end', reward: -1 },
    { prompt: '1 2 3 4', response: '( 1 + 2 + 3 ) * J end', reward: -3 },
  ],
};

/** A response of one of several kinds: a demonstration, a demonstration with mistakes, or noise. */
function responseOf(at: TaskInstance, prompt: readonly number[], draw: (n: number) => number): number[] {
  const kind = draw(4);
  if (kind === 0) return at.demonstrate(prompt, draw);
  if (kind === 1) {
    const noise = Array.from({ length: draw(at.position + 1) }, () => draw(at.vocab));
    if (at.sizes.end_symbol !== undefined && noise.length > 0 && draw(2) === 0) noise[noise.length - 1] = at.vocab - 1;
    return noise;
  }
  return withMistakes(
    at,
    at.pretrain && draw(2) === 0 ? at.pretrain(prompt, draw) : at.demonstrate(prompt, draw),
    draw,
  );
}

interface Row {
  prompt: readonly number[];
  response: readonly number[];
}

/** Judges rows on the GPU and with the twins; the rows of each replica are judged by its own rules. */
async function judged(task: Task, at: TaskInstance, rows: Row[]) {
  const program = judges(task, at);
  const { context } = program.dims;
  const rules = [0, 1].map((r) =>
    Object.fromEntries(Object.entries(task.rules).map(([name, knob]) => [name, r === 0 ? knob.value : knob.max])),
  );
  const { answer = 'whole_response', response_kind = 'one_kind' } = task.slots;
  const tokens = new Uint32Array(REPLICAS * SEQUENCES * context);
  const length = Uint32Array.from(rows, ({ response }) => response.length);
  const wanted = rows.map(({ prompt, response }, i) => {
    tokens.set([...prompt, ...response], i * context);
    const history: History = {
      prompt_symbol: (j) => prompt[j],
      response_symbol: (k) => response[k] ?? 0,
      size: { ...at.sizes, prompt_position: at.prompt_position, position: at.position },
      hyper: rules[Math.floor(i / SEQUENCES)],
    };
    return {
      reward: task.twins.reward(response.length, history),
      answer: twins.answer[answer](response.length, history) as number,
      kind: twins.response_kind[response_kind](response.length, history) as number,
    };
  });
  const loaded = await executor.load(program);
  executor.write('hypers', Float32Array.from(rules.flatMap((r) => [1, ...Object.values(r)])));
  executor.write('tokens', tokens);
  executor.write('length', length);
  executor.write('rewards', new Float32Array(rows.length).fill(Number.NaN));
  for (const name of ['answers', 'kinds']) executor.write(name, new Uint32Array(rows.length).fill(0xdeadbeef));
  executor.run(loaded);
  const got = await executor.read(['rewards', 'answers', 'kinds']);
  expect(await executor.brokenGuards()).toEqual([]);
  const wrong = rows.flatMap(({ prompt, response }, i) => {
    const { reward, answer, kind } = wanted[i];
    const is_close = Math.abs(got.rewards[i] - reward) <= 1e-6 + 1e-6 * Math.abs(reward);
    if (is_close && got.answers[i] === answer && got.kinds[i] === kind) return [];
    const text = [...prompt, ...response].map((symbol) => at.symbols[symbol] ?? symbol).join(' ');
    const said = `got ${got.rewards[i]}, answer ${got.answers[i]}, kind ${got.kinds[i]}`;
    return [`replica ${Math.floor(i / SEQUENCES)}, ${text}: ${said}, wanted ${reward}, ${answer}, ${kind}`];
  });
  return { wanted, rewards: got.rewards, wrong };
}

test.each(Object.values(tasks))('$id: the kernels that call its slots compile', async (task) => {
  for (const settings of difficulties(task)) {
    const at = task.build(settings);
    const given: Record<string, number> = {
      ...sizesOf(at),
      vocab: at.vocab,
      logit_row: SEQUENCES,
      logit_column: at.vocab,
      mask_word: Math.ceil(at.position / 32),
      position_stride: Math.ceil(at.position / 4) * 4,
    };
    for (const [kernel, slots] of [
      ['sample_symbol', { next_symbol: task.slots.next_symbol }],
      ['score_responses', { reward: task.slots.reward }],
      ['extract_answers', { answer: task.slots.answer ?? 'whole_response' }],
      ['classify_responses', { response_kind: task.slots.response_kind ?? 'one_kind' }],
    ] as const) {
      const joined = joinKernel(shaderLibrary, kernel, slots, hyperNames(task));
      const module = device.createShaderModule({ label: kernel, code: joined.code });
      expect(await compileErrors(joined, module)).toEqual([]);
      const overrides = shaderLibrary.overridesOf(kernel, slots).filter((name) => name !== 'threads'); // has a default
      expect(overrides.filter((name) => given[name] === undefined)).toEqual([]);
      await device.createComputePipelineAsync({
        layout: 'auto',
        compute: {
          module,
          entryPoint: kernel,
          constants: Object.fromEntries(overrides.map((name) => [name, given[name]])),
        },
      });
    }
  }
  expect(uncaptured).toEqual([]);
});

describe.each(Object.values(tasks))('$id', (task) => {
  test('verifier, answers and kinds agree with their twins', async () => {
    const [defaults, ...others] = difficulties(task);
    for (const settings of [defaults, ...others]) {
      const at = task.build(settings);
      const draw = drawOf(4);
      const symbolsIn = (text: string) => text.split(' ').map((s) => at.symbols.indexOf(s));
      const special = settings === defaults ? (SPECIAL[task.id] ?? []) : [];
      const rows = Array.from({ length: REPLICAS * SEQUENCES }, (_, i): Row => {
        if (special[i]) return { prompt: symbolsIn(special[i].prompt), response: symbolsIn(special[i].response) };
        const prompt = at.prompts[draw(at.prompts.length)];
        return { prompt, response: responseOf(at, prompt, draw) };
      });
      const { wanted, rewards, wrong } = await judged(task, at, rows);
      expect(wrong.slice(0, 5), `${task.id} ${JSON.stringify(settings)}`).toEqual([]);
      special.forEach(({ reward, response }, i) => {
        expect(wanted[i].reward, response).toBe(reward);
      });
      // solved and unsolved responses are both among them, so that agreement means something
      const num_solved = wanted.filter(({ reward }) => reward >= at.solved_reward).length;
      if (at.num_impossible !== at.prompts.length) expect(num_solved).toBeGreaterThan(SEQUENCES / 8);
      expect(num_solved).toBeLessThan(wanted.length);
      // the two sides agree about 'solved' too, not only within the tolerance
      expect(rewards.filter((r) => r >= at.solved_reward).length).toBe(num_solved);
      // and so are several answers, those that cannot be read, and every kind
      expect(new Set(wanted.map(({ answer }) => answer)).size).toBeGreaterThan(1);
      if (task.slots.answer) expect(wanted.some(({ answer }) => answer === NO_ANSWER)).toBe(true);
      if (settings === defaults && at.num_impossible === undefined)
        expect(new Set(wanted.map(({ kind }) => kind)).size).toBe(at.kinds?.length ?? 1);
    }
    expect(uncaptured).toEqual([]);
  });
});

test('self_search: the verifier scores forms as the paper does', async () => {
  const task = tasks.self_search;
  const at = task.build(fillTable('setting', task.settings, { length: 40 }));
  const rows = Array.from({ length: REPLICAS * SEQUENCES }, (_, i): Row => {
    const prompt = at.prompts[i % at.prompts.length];
    const [right] = at.demonstrate(prompt, drawOf(1)).slice(-2);
    return { prompt, response: symbolsOf(FORMS[i % FORMS.length], at.sizes, right) };
  });
  const { rewards, wrong } = await judged(task, at, rows);
  expect(wrong.slice(0, 5)).toEqual([]);
  const { value } = task.rules.format_weight;
  FORMS.forEach((form, i) => {
    const wanted = (1 - value) * (form.answer === 'right' ? 1 : 0) + value * form.format;
    expect(rewards[i], form.name).toBeCloseTo(wanted, 6);
  });
});

test('say_symbol: prompts that cannot be solved have a kind of their own', async () => {
  const task = tasks.say_symbol;
  const at = task.build(fillTable('setting', task.settings, { impossible_share: 0.5 }));
  const draw = drawOf(6);
  const rows = Array.from({ length: REPLICAS * SEQUENCES }, (_, i): Row => {
    const prompt = at.prompts[i % at.prompts.length];
    return { prompt, response: responseOf(at, prompt, draw) };
  });
  const { wanted, wrong } = await judged(task, at, rows);
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(wanted.filter(({ kind }) => kind === 1).length).toBeCloseTo(rows.length / 2, -2);
  expect(wanted.filter(({ kind, reward }) => kind === 1 && reward > 0)).toEqual([]);
});

const multiTurn = Object.values(tasks).filter((task) => task.twins.next_symbol);

test.each(multiTurn)(
  '$id: sampled rollouts follow the transitions of its twin, forced symbols masked',
  async (task) => {
    const at = task.build(fillTable('setting', task.settings));
    const { context, ...rest } = sizesOf(at);
    const dims = {
      ...rest,
      context,
      replica: 1,
      hyper: hyperNames(task).length,
      vocab: at.vocab,
      logit_row: SEQUENCES * at.position,
      logit_column: at.vocab,
      mask_word: Math.ceil(at.position / 32),
      position_stride: Math.ceil(at.position / 4) * 4,
    };
    const program: Program = {
      id: `rollout ${task.id}`,
      dims,
      buffers: {
        hypers: { type: 'f32', shape: ['replica', 'hyper'], doc: 'rules', origin: 'host' },
        clock: { type: 'u32', shape: ['replica', 2], doc: 'seed, step', origin: 'host' },
        logits: { type: 'f32', shape: ['replica', 'logit_row', 'logit_column'], doc: 'all equal', origin: 'host' },
        tokens: { type: 'u32', shape: ['replica', 'sequence', 'context'], doc: 'prompts, responses', origin: 'host' },
        token_mask: { type: 'u32', shape: ['replica', 'sequence', 'mask_word'], doc: 'bits', origin: 'kept' },
        length: { type: 'u32', shape: ['replica', 'sequence'], doc: 'symbols per response', origin: 'kept' },
        recorded: {
          type: 'f32',
          shape: ['replica', 'sequence', 'position_stride', 4],
          doc: 'log-probabilities',
          is_result: true,
        },
        values: { type: 'f32', shape: ['replica', 'sequence', 'position_stride'], doc: 'unused', is_result: true },
      },
      hyper: hyperNames(task),
      steps: [
        {
          repeat: 't',
          count: 'position',
          dispatches: [
            {
              kernel: 'sample_symbol',
              over: ['replica', 'sequence'],
              at: { t: { t: 1 }, purpose: PURPOSE.symbol },
              slots: { next_symbol: task.slots.next_symbol },
            },
          ],
        },
      ],
    };
    const loaded = await executor.load(program);
    const prompts = Array.from({ length: SEQUENCES }, (_, i) => at.prompts[i % at.prompts.length]);
    const before = new Uint32Array(SEQUENCES * context);
    prompts.forEach((prompt, i) => {
      before.set(prompt, i * context);
    });
    const hyper = fillTable('rule', task.rules);
    executor.write('hypers', Float32Array.from([1, ...Object.values(hyper)]));
    executor.write('clock', Uint32Array.of(5, 0));
    executor.write('logits', new Float32Array(dims.logit_row * dims.logit_column));
    executor.write('tokens', before);
    executor.run(loaded);
    const after = await executor.read(['tokens', 'token_mask', 'length']);
    const ends = new Set<number>();
    for (let i = 0; i < SEQUENCES; i++) {
      const response = [...after.tokens.subarray(i * context + at.prompt_position, (i + 1) * context)];
      const history: History = {
        prompt_symbol: (j) => prompts[i][j],
        response_symbol: (k) => response[k],
        size: { ...at.sizes, prompt_position: at.prompt_position, position: at.position },
        hyper,
      };
      let t = 0;
      for (; t < at.position; t++) {
        const next = task.twins.next_symbol!(t, history);
        if (next.kind === NEXT.stop) break;
        const bit = (after.token_mask[i * dims.mask_word + Math.floor(t / 32)] >>> (t % 32)) & 1;
        expect(bit).toBe(next.kind === NEXT.sample ? 1 : 0);
        if (next.kind === NEXT.force) expect(response[t]).toBe(next.symbol);
        else expect(response[t]).toBeLessThan(at.vocab);
      }
      expect(after.length[i]).toBe(t);
      ends.add(t);
    }
    // early ends and full lengths both happened
    expect(ends.size).toBeGreaterThan(2);
    expect(uncaptured).toEqual([]);
  },
);
