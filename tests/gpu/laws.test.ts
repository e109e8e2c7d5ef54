/** Laws that hold for every algorithm, whatever its paper: on its own parts, from rewards to the gradient of every token. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Parts, partsIn, ROLES } from '../../src/algorithms/algorithm.ts';
import { algorithms, partOf, partsOf } from '../../src/algorithms/index.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import type { Executor } from '../../src/engine/executor.ts';
import type { GpuExecutor } from '../../src/engine/gpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import type { Dispatch } from '../../src/engine/program.ts';
import { randomBits, randomUniform } from '../../src/engine/random.ts';
import type { Numbers, SlotTwin, TwinCall } from '../../src/engine/twin.ts';
import { play } from '../../src/trainer/fixtures/scene.ts';
import {
  countSteps,
  groupLists,
  packed,
  padded,
  slotFiles,
  type TokenBatch,
  tokenBatch,
  tokenColumn,
} from '../../src/trainer/fixtures/tokens.ts';
import { slotTwins } from '../../src/trainer/slots.ts';
import { openGpu } from './runs.ts';

const GROUPS = 3;
const MEMBERS = 4;
const POSITION = 5;
const SEQUENCES = GROUPS * MEMBERS;
/** Sizes that some parts ask for beside those of the tokens. */
const LAYOUT = { mb_sequence: SEQUENCES, total_member: MEMBERS, vocab: 3, logit_column: 8 };

let opened: Awaited<ReturnType<typeof openGpu>>;
let gpu: GpuExecutor;
const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });

beforeAll(async () => {
  opened = await openGpu();
  gpu = opened.make({});
});
afterAll(() => gpu.destroy());

/** One batch of responses with everything that parts may look at. */
interface World {
  mask: number[][];
  logp: number[][];
  old_logp: number[][];
  sampler_logp: number[][];
  ref_logp: number[][];
  entropy: number[][];
  value: number[][];
  rewards: number[];
  /** 1 in the rows of demonstrations */
  author: number[];
  greedy: number[];
}

/** A world drawn from a seed; `is_on_policy`: whatever scored the tokens, it was the current policy. */
function worldOf(seed: number, is_on_policy = false): World {
  const u = (salt: number, i: number) => randomUniform(seed, salt, 11, i, 0);
  const grid = (salt: number, f: (x: number) => number) =>
    Array.from({ length: SEQUENCES }, (_, s) =>
      Array.from({ length: POSITION }, (__, t) => f(u(salt, s * POSITION + t))),
    );
  const logp = grid(1, (x) => -0.1 - 2 * x);
  const near = (salt: number) =>
    is_on_policy ? logp : grid(salt, (x) => 0.3 * (x - 0.5)).map((row, s) => row.map((d, t) => logp[s][t] + d));
  return {
    mask: grid(2, (x) => (x < 0.8 ? 1 : 0)).map((row, s) => (s === 7 ? row.map(() => 0) : row)),
    logp,
    old_logp: near(3),
    sampler_logp: near(4),
    ref_logp: near(5),
    entropy: grid(6, (x) => x),
    value: grid(7, () => 0),
    // an empty response cannot earn: its row scores 0 in every group statistic
    rewards: Array.from({ length: SEQUENCES }, (_, s) => (s === 7 ? 0 : randomBits(seed, 8, 11, s, 0) % 2)),
    author: Array.from({ length: SEQUENCES }, () => 0),
    greedy: Array.from({ length: GROUPS }, (_, g) => randomBits(seed, 9, 11, g, 0) % 2),
  };
}

/** A world with its responses in another order; group g stays group g. */
function permuted(w: World, order: number[]): World {
  const rows = <T>(list: T[]): T[] => order.map((s) => list[s]);
  return {
    ...w,
    mask: rows(w.mask),
    logp: rows(w.logp),
    old_logp: rows(w.old_logp),
    sampler_logp: rows(w.sampler_logp),
    ref_logp: rows(w.ref_logp),
    entropy: rows(w.entropy),
    value: rows(w.value),
    rewards: rows(w.rewards),
    author: rows(w.author),
  };
}

/** What is left of a kernel's dispatch once its scene is hand-made: rollouts, votes and filters happened before. */
const staged = (parts: Parts, stage: 'advantage' | 'update'): Dispatch[] =>
  ROLES.flatMap((role) => [...(parts[role].dispatches?.[stage] ?? [])]).map((d) => ({
    ...d,
    at: {
      ...Object.fromEntries(shaderLibrary.kernel(d.kernel).at.map((name) => [name, 0])),
    },
    over: d.over.map((size) => (size === 'mb_sequence' ? 'sequence' : size)),
    slots: Object.fromEntries(
      shaderLibrary.kernel(d.kernel).slots.map((slot) => [slot, d.slots?.[slot] ?? slotOf(parts, slot)]),
    ),
  }));

function slotOf(parts: Parts, slot: string): string {
  const fill = ROLES.map((role) => parts[role].slots?.[slot]).find((f) => f !== undefined);
  if (fill) return fill.file;
  return slotFiles(parts)[slot];
}

/** d loss / d logp of every token, from the rewards on; with `advantage` the advantages are given instead. */
async function gradientOf(
  executor: Executor,
  parts: Parts,
  w: World,
  hyper: Record<string, number>,
  advantage?: number[][],
): Promise<{ gradient: number[][]; advantage: number[][]; batch: TokenBatch }> {
  const batch = tokenBatch(w.mask, MEMBERS);
  const groups = groupLists(w.rewards.map((_, s) => Math.floor(s / MEMBERS)));
  const is_per_token = parts.advantage.is_per_token === true;
  const stride = is_per_token || advantage ? batch.dims.position_stride : 1;
  const recorded = packed(batch, [
    w.sampler_logp,
    w.old_logp,
    w.ref_logp,
    w.mask.map((row, s) => row.map(() => w.author[s])),
  ]);
  const host: Record<string, Numbers> = {
    ...batch.host,
    ...groups.host,
    now: packed(batch, [w.logp, w.entropy, w.value, w.mask]),
    recorded,
    rewards: Float64Array.from(w.rewards),
    true_rewards: Float64Array.from(w.rewards),
    verdicts: Float64Array.from(w.rewards),
    greedy_rewards: Float64Array.from(w.greedy),
    values: padded(batch, w.value),
    baseline: new Float64Array(1),
    clock: Uint32Array.of(3, 5),
    metrics: new Float64Array(batch.dims.metric),
    logits: new Float64Array(batch.dims.logit_row * LAYOUT.logit_column),
    prompt_index: Uint32Array.from({ length: GROUPS }, (_, g) => g),
    ...(advantage ? { advantage: padded(batch, advantage) } : {}),
  };
  const out = await play(executor, {
    id: 'law',
    dims: { ...batch.dims, ...groups.dims, advantage_stride: stride, ...LAYOUT },
    hyper: [{ ...hyper, kl_coef: 0, entropy_coef: 0, kl_reward_coef: 0 }],
    host,
    steps: [
      ...(advantage ? [] : [{ kernel: 'token_reward', over: ['replica', 'sequence'] }, ...staged(parts, 'advantage')]),
      ...countSteps,
      ...staged(parts, 'update'),
      { kernel: 'policy_gradient', over: ['replica', 'sequence', 'position_stride'], slots: slotFiles(parts) },
    ],
  });
  const found = advantage ?? (out.advantage ? tokenColumn(batch, spread(batch, out.advantage, stride), 1, 0) : []);
  return { gradient: tokenColumn(batch, out.token_gradient, 2, 0), advantage: found, batch };
}

/** One number per token from one per response. */
function spread(batch: TokenBatch, advantage: Numbers, stride: number): Numbers {
  const { sequence, position_stride } = batch.dims;
  if (stride > 1) return advantage;
  return Float64Array.from(
    { length: sequence * position_stride },
    (_, i) => advantage[Math.floor(i / position_stride)],
  );
}

const largest = (rows: number[][]): number => Math.max(...rows.flat().map(Math.abs));
const difference = (a: number[][], b: number[][]): number =>
  Math.max(...a.flatMap((row, s) => row.map((x, t) => Math.abs(x - b[s][t]) / (1 + Math.abs(b[s][t])))));

/** Every algorithm with the values it recommends itself. */
const ALL = Object.values(algorithms).map((a) => ({ id: a.id, parts: partsIn(a), hyper: a.defaults ?? {} }));
/** An engine, how close two equal results are on it, and how many worlds it is worth. */
type Engine = readonly [executor: Executor, tolerance: number, worlds: number];

/**
 * Runs a law on both engines: often on the twins, a few times on the kernels. The law returns a gradient that it compared:
 * equal gradients say nothing where all of them are 0.
 */
async function holds(
  on: Engine[] | undefined,
  law: (executor: Executor, seed: number, tolerance: number) => Promise<number[][]>,
): Promise<void> {
  const both: Engine[] = [
    [cpu, 1e-9, 12],
    [gpu, 2e-5, 2],
  ];
  for (const [executor, tolerance, numRuns] of on ?? both) {
    let size = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), async (seed) => {
        size = Math.max(size, largest(await law(executor, seed, tolerance)));
      }),
      { numRuns },
    );
    expect(size).toBeGreaterThan(1e-3);
  }
}

type Law = (parts: Parts, hyper: Record<string, number>, on?: Engine[]) => Promise<void>;

/** An advantage of zero gives a gradient of zero. */
const zeroGivesZero: Law = (parts, hyper, on) =>
  holds(on, async (executor, seed, tolerance) => {
    const w = worldOf(seed);
    // a reference that agrees leaves a flow residual nothing but the advantage
    const zero = { ...w, ref_logp: w.logp };
    const nothing = w.mask.map((row) => row.map(() => 0));
    const { gradient } = await gradientOf(executor, parts, zero, hyper, nothing);
    expect(largest(gradient)).toBeLessThan(tolerance);
    const ones = nothing.map((row) => row.map(() => 1));
    return (await gradientOf(executor, parts, zero, hyper, ones)).gradient;
  });

/** Masked tokens may hold anything, and get no gradient. */
const maskedIsIgnored: Law = (parts, hyper, on) =>
  holds(on, async (executor, seed, tolerance) => {
    const w = worldOf(seed);
    const dirty = (rows: number[][], garbage: number) =>
      rows.map((row, s) => row.map((x, t) => (w.mask[s][t] === 1 ? x : garbage)));
    const clean = await gradientOf(executor, parts, w, hyper);
    const soiled = {
      ...w,
      logp: dirty(w.logp, 1e20),
      old_logp: dirty(w.old_logp, -1e20),
      sampler_logp: dirty(w.sampler_logp, 1e15),
      ref_logp: dirty(w.ref_logp, -1e15),
      entropy: dirty(w.entropy, 1e20),
    };
    const other = await gradientOf(executor, parts, soiled, hyper);
    expect(difference(other.gradient, clean.gradient)).toBeLessThan(tolerance);
    expect(largest(clean.gradient.map((row, s) => row.map((x, t) => (w.mask[s][t] === 1 ? 0 : x))))).toBe(0);
    return clean.gradient;
  });

/** Members of a group in another order get the same gradients in that order. */
const orderIsIrrelevant: Law = (parts, hyper, on) =>
  holds(on, async (executor, seed, tolerance) => {
    const w = worldOf(seed);
    const order = w.rewards.map((_, s) => s - (s % MEMBERS) + (((s % MEMBERS) + 1 + (seed % 3)) % MEMBERS));
    const plain = await gradientOf(executor, parts, w, hyper);
    const other = await gradientOf(executor, parts, permuted(w, order), hyper);
    const wanted = order.map((s) => plain.gradient[s]);
    expect(difference(other.gradient, wanted)).toBeLessThan(tolerance);
    return wanted;
  });

/** A constant added to the rewards of a group changes nothing. */
const shiftIsIrrelevant: Law = (parts, hyper, on) =>
  holds(on, async (executor, seed, tolerance) => {
    const drawn = worldOf(seed);
    // without an empty response, which would keep its score of 0
    const w = { ...drawn, mask: drawn.mask.map((row) => row.map((_, t) => (t < 4 ? 1 : 0))) };
    const plain = await gradientOf(executor, parts, w, hyper);
    const shifted = { ...w, rewards: w.rewards.map((r, s) => r + [0.5, -2, 1][Math.floor(s / MEMBERS)]) };
    const other = await gradientOf(executor, parts, shifted, hyper);
    expect(difference(other.gradient, plain.gradient)).toBeLessThan(tolerance * 10);
    return plain.gradient;
  });

describe('for every algorithm', () => {
  test.each(ALL)('$id: an advantage of zero gives a gradient of zero', ({ parts, hyper }) =>
    zeroGivesZero(parts, hyper),
  );
  test.each(ALL)('$id: masked tokens may hold anything', ({ parts, hyper }) => maskedIsIgnored(parts, hyper));
  // Clip-Cov draws lots by place, so another order is another draw
  test.each(ALL.filter(({ parts }) => parts.stabiliser.id !== 'clip_cov'))(
    '$id: members in another order get the same gradients in that order',
    ({ parts, hyper }) => orderIsIrrelevant(parts, hyper),
  );
  test.each(ALL.filter(({ parts }) => parts.advantage.is_centred))(
    '$id: a constant added to the rewards of a group changes nothing',
    ({ parts, hyper }) => shiftIsIrrelevant(parts, hyper),
  );
});

describe('each law can be broken', () => {
  const grpo = partsIn(algorithms.grpo);
  const broken = (slot: string, file: string, twin: SlotTwin): Engine[] => {
    const slots = slotTwins();
    slots[slot] = { ...slots[slot], [file]: twin };
    return [[new CpuExecutor(shaderLibrary, { precision: 'f64', slots }), 1e-9, 12]];
  };
  const planted: [string, Law, Engine[]][] = [
    ['a gradient without an advantage', zeroGivesZero, broken('effective_advantage', 'plain', () => 1)],
    [
      'a weight by place',
      orderIsIrrelevant,
      broken('token_weight', 'seq_mean_token_mean', (c) => (calls++ % 2) * c.batch_tokens),
    ],
    ['a raw reward', shiftIsIrrelevant, broken('group_advantage_of', 'standardise', (reward) => reward)],
  ];
  let calls = 0;
  test.each(planted)('%s', (_what, law, on) => expect(law(grpo, {}, on)).rejects.toThrow());
  test('a masked token that counts', () => {
    const library = Object.create(shaderLibrary, {
      twin: {
        value: (name: string) => {
          if (name !== 'policy_gradient') return shaderLibrary.twin(name);
          return (call: TwinCall) => {
            call.b.now.forEach((_, i) => {
              if (i % 4 === 3) call.b.now[i] = 1;
            });
            shaderLibrary.twin(name)(call);
          };
        },
      },
    });
    const careless = new CpuExecutor(library, { precision: 'f64', slots: slotTwins() });
    return expect(maskedIsIgnored(grpo, {}, [[careless, 1e-9, 12]])).rejects.toThrow();
  });
});

describe('strictly on-policy', () => {
  const reinforce = partsIn(algorithms.reinforce);
  const withAdvantage = (w: World, seed: number) =>
    w.mask.map((_, s) => {
      const a = 2 * randomUniform(seed, 12, 11, s, 0) - 1;
      return Array.from({ length: POSITION }, () => a);
    });

  test.each(partsOf('stabiliser').map((p) => p.id))('the stabiliser %s agrees with REINFORCE', (id) =>
    holds(undefined, async (executor, seed, tolerance) => {
      const w = worldOf(seed, true);
      const advantage = withAdvantage(w, seed);
      // what a covariance picks is left out on purpose, so nothing is picked here
      const stabiliser = { ...partOf('stabiliser', id), dispatches: undefined };
      const wanted = await gradientOf(executor, reinforce, w, {}, advantage);
      const found = await gradientOf(executor, { ...reinforce, stabiliser }, w, {}, advantage);
      expect(difference(found.gradient, wanted.gradient)).toBeLessThan(tolerance);
      return wanted.gradient;
    }),
  );

  test.each(partsOf('correction').map((p) => p.id))('the correction %s changes nothing', (id) =>
    holds(undefined, async (executor, seed, tolerance) => {
      const w = worldOf(seed, true);
      const advantage = withAdvantage(w, seed);
      const wanted = await gradientOf(executor, reinforce, w, {}, advantage);
      const parts = { ...reinforce, correction: partOf('correction', id) };
      const found = await gradientOf(executor, parts, w, {}, advantage);
      expect(difference(found.gradient, wanted.gradient)).toBeLessThan(tolerance);
      return wanted.gradient;
    }),
  );
});
