import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { GpuExecutor } from '../../src/engine/gpu.ts';
import { compileErrors, joinKernel } from '../../src/engine/join.ts';
import { KernelLibrary, shaderLibrary } from '../../src/engine/library.ts';
import type { Numbers } from '../../src/engine/twin.ts';
import { tasks } from '../../src/tasks/index.ts';
import { checkParity } from '../../src/trainer/parity.ts';
import { slotTwins } from '../../src/trainer/slots.ts';
import { type Case, casesOf, HYPER, LAYOUTS, programOf } from './kernelCases.ts';
import { openGpu } from './runs.ts';

let opened: Awaited<ReturnType<typeof openGpu>>;
let gpu: GpuExecutor;
const cpu = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
let num_compared = 0;

beforeAll(async () => {
  opened = await openGpu();
  gpu = opened.make({ has_guards: true });
});
afterAll(() => {
  console.log(`${num_compared} of ${shaderLibrary.kernelNames().length} kernels ran on ${opened.adapter}`);
  gpu.destroy();
});

const hyper = [...new Set([...Object.keys(HYPER), ...Object.values(tasks).flatMap((task) => Object.keys(task.rules))])];

/** Loads one case with its contents; returns the program. */
async function load(kernel: string, layout: string, c: Case) {
  const { program, contents } = programOf(kernel, LAYOUTS[layout], c);
  gpu.keepOnly([await gpu.load(program)]);
  for (const [name, data] of Object.entries(contents)) gpu.write(name, data);
  return program;
}

describe('every kernel against its twin', () => {
  test.each(shaderLibrary.kernelNames())('%s', async (kernel) => {
    const failures: string[] = [];
    for (const layout of Object.keys(LAYOUTS)) {
      for (const [i, c] of casesOf(kernel, LAYOUTS[layout]).entries()) {
        const report = await checkParity(await load(kernel, layout, c), gpu, cpu);
        failures.push(...report.failures.map((f) => `${layout}, case ${i}: ${f}`));
        if (report.kernels[0].elements === 0) failures.push(`${layout}, case ${i}: nothing was written`);
      }
    }
    expect(failures).toEqual([]);
    expect(opened.errors.splice(0)).toEqual([]);
    num_compared++;
  });
});

/** Runs one case on the GPU with some contents replaced, and against its twin; returns the outputs. */
async function runWith(
  kernel: string,
  layout: string,
  data: Record<string, (i: number) => number>,
  which = 0,
): Promise<Record<string, Numbers>> {
  const c = casesOf(kernel, LAYOUTS[layout])[which];
  const program = await load(kernel, layout, { ...c, data: { ...c.data, ...data } });
  const report = await checkParity(program, gpu, cpu);
  expect(report.failures).toEqual([]);
  const outputs = shaderLibrary.kernel(kernel).bindings.filter((b) => b.access !== 'in');
  return gpu.read(outputs.map((b) => b.name));
}
const worst = (x: Numbers) => Array.from(x).reduce((a, v) => Math.max(a, Math.abs(v)), 0);

describe('degenerate batches', () => {
  const batch = '65 responses';
  // 0.1, 0.3 and 0.7 are no floats: their rounded mean may differ from them
  test.each([
    ['standardise', 0],
    ['centre', 1],
    ['leave_one_out', 2],
  ])('equal rewards give no advantage, %s', async (_part, which) => {
    for (const reward of [0, 1, 0.1, 0.3, 0.7, 1000.1]) {
      const groups = { token_mask: () => 1, group_start: (i: number) => 7 * i, group_member: (i: number) => i };
      const { advantage } = await runWith(
        'group_advantage',
        '63 responses, two mask words',
        { rewards: () => reward, ...groups },
        which,
      );
      expect(worst(advantage)).toBe(0);
    }
  });
  test('equal rewards equal the batch mean', async () => {
    const { advantage } = await runWith('baseline_advantage', 'primes, three replicas', {
      rewards: () => 0.1,
      token_rewards: (i) => (i % 8 === 6 ? 0.1 : 0),
      token_mask: () => 127,
      hypers: (i) => ({ discount: 1, baseline: 1 })[Object.keys(HYPER)[i % Object.keys(HYPER).length]] ?? 0.5,
    });
    expect(worst(advantage)).toBe(0);
  });
  test('what has no token is no part of the batch mean', async () => {
    const { advantage, baseline } = await runWith('baseline_advantage', 'primes, three replicas', {
      rewards: (i) => (i % 5 === 0 ? 100 : 0.1),
      token_rewards: (i) => (i % 8 === 6 ? 0.1 : 0),
      token_mask: (i) => (i % 5 === 0 ? 0 : 127),
      baseline: () => 0.1,
      hypers: (i) => ({ discount: 1, baseline: 1 })[Object.keys(HYPER)[i % Object.keys(HYPER).length]] ?? 0.5,
    });
    expect(worst(advantage)).toBe(0);
    expect(worst(baseline)).toBeCloseTo(0.1, 6);
    const nothing = await runWith('baseline_advantage', batch, { token_mask: () => 0, baseline: () => 0.3 });
    expect(worst(nothing.baseline)).toBe(Math.fround(0.3));
  });
  test('a mean sequence ratio beyond its limit has no slope', async () => {
    const of = (log_ratio: number) => ({
      sequence_stat: (i: number) => [log_ratio, 5, Math.floor(i / 8) % 65, 0, 0, 0.5, 0, 0][i % 8],
      now: (i: number) => [-1, 0.5, 0, 1][i % 4],
      advantage: () => -1,
    });
    const slope = async (log_ratio: number) => {
      const { token_gradient } = await runWith('policy_gradient', batch, of(log_ratio), 12);
      return worst(token_gradient.filter((_, i) => i % 2 === 0));
    };
    expect(await slope(45)).toBeGreaterThan(1);
    expect(await slope(55)).toBe(0);
  });
  test('a large mean with a tiny spread', async () => {
    const rewards = (i: number) => 1000 + (i % 5) / 1024;
    const { advantage } = await runWith('group_advantage', batch, {
      rewards,
      token_mask: () => 31,
      group_start: (i) => 5 * i,
      group_member: (i) => i,
    });
    expect(advantage[0]).toBeCloseTo(-1.2649, 2);
  });
  test('masked tokens alone give no gradient and no update', async () => {
    const now = (i: number) => (i % 4 === 3 ? 0 : 1e30);
    const { token_gradient, token_stat } = await runWith('policy_gradient', batch, { now }, 2);
    expect([worst(token_gradient), worst(token_stat.subarray(5 * 8 * 8))]).toEqual([0, 0]);
    const { sequence_stat } = await runWith('sequence_statistics', batch, { now });
    expect(worst(sequence_stat.filter((_, i) => i % 8 < 2))).toBe(0);
    const { batch_count } = await runWith('count_tokens', batch, { sequence_stat: () => 0 });
    expect([...batch_count]).toEqual([0, 0, 0, 1]);
    const { optimiser } = await runWith('gradient_norm', batch, { batch_count: () => 0 });
    expect([...optimiser].slice(1)).toEqual([0, 3, 2]);
    const { advantage } = await runWith('whiten_advantage', batch, { token_mask: () => 0 });
    expect(worst(advantage)).toBe(0);
    const nothing = { token_mask: () => 0, metrics: () => 0.75 };
    const whole = await runWith('step_metrics', batch, { ...nothing, token_stat: () => 0 });
    // the entropy is the last one that was measured, the loss is none
    expect([...whole.metrics.subarray(2, 4)]).toEqual([0.75, 0]);
    const samples = await runWith('covariance_metrics', batch, nothing);
    expect([...samples.metrics.subarray(3, 5)]).toEqual([0, 0.75]);
  });
  test.each([0.5, 0.1, 0.9, 3.3])('equal token advantages of %f are whitened to nothing', async (value) => {
    const { advantage } = await runWith('whiten_advantage', '63 responses, two mask words', {
      token_advantage: () => value,
      token_mask: (i) => (i % 2 === 0 ? 0xffffffff : 1),
    });
    expect(worst(advantage)).toBe(0);
  });
  test('one own token cannot be whitened', async () => {
    const { advantage } = await runWith('whiten_advantage', batch, { token_mask: (i) => (i === 3 ? 1 : 0) });
    expect(worst(advantage)).toBe(0);
    const two = await runWith('whiten_advantage', batch, { token_mask: (i) => (i === 3 ? 3 : 0) });
    expect(worst(two.advantage)).toBeCloseTo(Math.SQRT1_2, 6);
  });
  test('a gradient that is not finite skips the update', async () => {
    const { optimiser } = await runWith('gradient_norm', batch, {
      square_sum: (i) => (i === 3 ? Number.POSITIVE_INFINITY : 1),
    });
    expect([...optimiser]).toEqual([Number.POSITIVE_INFINITY, 0, 3, 2]);
    const before = await runWith('adamw', batch, {
      optimiser: (i) => [Number.POSITIVE_INFINITY, 0, 3, 2][i % 4],
      params: () => 0.5,
      gradient: () => Number.POSITIVE_INFINITY,
    });
    expect([...new Set(before.params)]).toEqual([0.5]);
  });
});

describe('planted mistakes are found', () => {
  test.each([
    ['a wrong sign', 'gae', 'next_value - v.w', 'next_value + v.w'],
    ['an element left out', 'clear', 'i < arrayLength(&cleared)', 'i + 1u < arrayLength(&cleared)'],
    ["another replica's hyperparameters", 'policy_gradient', 'hyper = hypers[replica]', 'hyper = hypers[0]'],
    ['a garbage token that counts', 'sequence_statistics', 'token.w != 0.0', 'token.w >= 0.0'],
    ['a wrong epsilon', 'rms_norm', 'norm_eps', '1e-3'],
  ])('%s', async (_what, kernel, good, bad) => {
    const face = shaderLibrary.kernel(kernel);
    expect(face.text).toContain(good);
    const library: KernelLibrary = Object.create(shaderLibrary, {
      kernel: {
        value: (name: string) =>
          name === kernel ? { ...face, text: face.text.replace(good, bad) } : shaderLibrary.kernel(name),
      },
    });
    const wrong = new GpuExecutor(gpu.device, gpu.info, library);
    const d = LAYOUTS['primes, three replicas'];
    const { program, contents } = programOf(kernel, d, casesOf(kernel, d)[0]);
    await wrong.load(program);
    for (const [name, data] of Object.entries(contents)) wrong.write(name, data);
    const { failures } = await checkParity(program, wrong, cpu);
    wrong.destroy();
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(
      new RegExp(`^${kernel} dispatch 0 \\(${kernel}\\): \\d+ of \\d+ elements differ .*\\[replica \\d`),
    );
  });
});

describe('the shader library', () => {
  test('every kernel compiles with every part of each slot', async () => {
    const errors: string[] = [];
    let count = 0;
    for (const kernel of shaderLibrary.kernelNames()) {
      const { slots } = shaderLibrary.kernel(kernel);
      const first = Object.fromEntries(slots.map((slot) => [slot, shaderLibrary.partsOf(slot)[0]]));
      const choices = [
        first,
        ...slots.flatMap((slot) => shaderLibrary.partsOf(slot).map((id) => ({ ...first, [slot]: id }))),
      ];
      for (const choice of choices) {
        const joined = joinKernel(shaderLibrary, kernel, choice, hyper);
        errors.push(...(await compileErrors(joined, gpu.device.createShaderModule({ code: joined.code }))));
        count++;
      }
    }
    expect(errors).toEqual([]);
    expect(count).toBeGreaterThan(shaderLibrary.kernelNames().length);
  });

  const wgsl = import.meta.glob<string>('/shaders/**/*.wgsl', { query: '?raw', import: 'default', eager: true });
  test.each([
    ['kernel', 'shaders/kernels/policy_gradient.wgsl', 'let weight = ', 'let weight == '],
    ['library', 'shaders/lib/token.wgsl', 'fn ratio_of(t: Token) -> f32 {', 'fn ratio_of(t: Token) -> f32 }'],
    ['part', 'shaders/parts/stable_mask/ppo_clip.wgsl', 'let ratio = ratio_of(t);', 'let ratio = ratio_off(t);'],
  ])('a mistake in a %s is reported at its own file, line and column', async (_kind, file, good, bad) => {
    const text = wgsl[`/${file}`];
    expect(text).toContain(good);
    const broken = new KernelLibrary({ wgsl: { ...wgsl, [`/${file}`]: text.replace(good, bad) }, twins: {}, fast: {} });
    const slots = { ...casesOf('policy_gradient', LAYOUTS['one of everything'])[2].slots };
    const joined = joinKernel(broken, 'policy_gradient', slots, hyper);
    gpu.device.pushErrorScope('validation');
    const errors = await compileErrors(joined, gpu.device.createShaderModule({ code: joined.code }));
    await gpu.device.popErrorScope();
    const before = text.slice(0, text.indexOf(good));
    expect(errors[0]).toMatch(new RegExp(`^${file}:${before.split('\n').length}:\\d+ `));
    const column = Number(errors[0].split(' ')[0].split(':')[2]);
    const indent = before.length - before.lastIndexOf('\n');
    expect(column).toBeGreaterThanOrEqual(indent);
    expect(column).toBeLessThanOrEqual(indent + bad.length + 1);
  });

  test('every kernel has a twin and every twin a kernel', () => {
    const stems = (files: Record<string, unknown>, suffix: string) =>
      Object.keys(files)
        .map((f) => f.split('/').pop()!.replace(suffix, ''))
        .sort();
    const twins = stems(import.meta.glob('/shaders/kernels/*.ref.ts'), '.ref.ts');
    expect(twins).toEqual(shaderLibrary.kernelNames());
    expect(stems(import.meta.glob('/shaders/kernels/*.fast.ts'), '.fast.ts').filter((f) => !twins.includes(f))).toEqual(
      [],
    );
    for (const name of twins) expect(typeof shaderLibrary.twin(name)).toBe('function');
  });
});
