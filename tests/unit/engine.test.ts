import { describe, expect, test } from 'vitest';
import { check, DEFAULT_LIMITS } from '../../src/engine/check.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { joinKernel, locate } from '../../src/engine/join.ts';
import { KernelLibrary } from '../../src/engine/library.ts';
import { nearest, unknownName } from '../../src/engine/names.ts';
import { type Dispatch, launchesOf, type Program, printProgram } from '../../src/engine/program.ts';
import { randomBits, randomUniform, replicaSeed } from '../../src/engine/random.ts';
import { complainValue, fillTable, parseValue } from '../../src/engine/table.ts';

const SCALE = `// scale: y = k x.
// Slots   factor
// Uses    launch
override count: u32;
struct At { layer: u32, shift: u32 }
@group(0) @binding(0) var<uniform> at: At;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [replica, count]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // out [replica, count]
@compute @workgroup_size(threads)
fn scale(@builtin(global_invocation_id) id: vec3u) {
  y[id.x] = factor() * x[id.x];
}
`;
const library = (more: Record<string, string> = {}) =>
  new KernelLibrary({
    wgsl: {
      '/shaders/kernels/scale.wgsl': SCALE,
      '/shaders/lib/launch.wgsl': 'override threads: u32 = 64;\n',
      '/shaders/parts/factor/two.wgsl': 'fn factor() -> f32 {\n  return 2.0;\n}\n',
      ...more,
    },
    twins: {
      '/shaders/kernels/scale.ref.ts': {
        scale: ({ b, size, at, slot }) => {
          for (let i = 0; i < size.replica * size.count; i++) b.y[i] = slot.factor() * b.x[i] + at.shift;
        },
      },
    },
    fast: {},
  });

const dispatch = (change: Partial<Dispatch> = {}): Dispatch => ({
  kernel: 'scale',
  over: ['replica', 'count'],
  at: { layer: 0, shift: { base: 1, layer: 10 } },
  slots: { factor: 'two' },
  ...change,
});
const program = (change: Partial<Program> = {}, step: Partial<Dispatch> = {}): Program => ({
  id: 'p',
  dims: { replica: 2, count: 3 },
  hyper: [],
  buffers: {
    x: { type: 'f32', shape: ['replica', 'count'], doc: 'in', origin: 'host' },
    y: { type: 'f32', shape: ['replica', 'count'], doc: 'out', is_result: true },
  },
  steps: [{ repeat: 'layer', count: 2, dispatches: [dispatch(step)] }],
  ...change,
});

describe('check', () => {
  test('finds nothing in a sound program', () => expect(check(program(), library())).toEqual([]));

  test.each<[string, Program, RegExp]>([
    ['unknown kernel', program({}, { kernel: 'scael' }), /p dispatch 0 \(scael\): unknown kernel. Known: scale/],
    ['missing buffer', program({ buffers: { x: program().buffers.x } }), /binding 'y' has no buffer 'y'/],
    [
      'wrong shape',
      program({
        dims: { replica: 2, count: 3, n: 4 },
        buffers: { ...program().buffers, x: { ...program().buffers.x, shape: ['replica', 'n'] } },
      }),
      /binding 'x' wants \[replica 2, count 3\], buffer 'x' is \[replica 2, n 4\]/,
    ],
    [
      'read before write',
      program({ buffers: { ...program().buffers, x: { type: 'f32', shape: ['replica', 'count'], doc: '' } } }),
      /reads 'x' before any dispatch writes it/,
    ],
    [
      'written and never read',
      program({ buffers: { ...program().buffers, y: { type: 'f32', shape: ['replica', 'count'], doc: '' } } }),
      /'y' is written and never read/,
    ],
    [
      'unused buffer',
      program({ buffers: { ...program().buffers, z: program().buffers.x } }),
      /'z' is used by no dispatch/,
    ],
    ['unknown part', program({}, { slots: { factor: 'three' } }), /no part 'three' for slot 'factor'. Known: two/],
    ['empty slot', program({}, { slots: {} }), /slot 'factor' is empty/],
    ['missing index', program({}, { at: { layer: 0 } }), /its index 'shift' is not given/],
    ['unknown index', program({}, { at: { layer: 0, shift: 0, shfit: 1 } }), /gives the index 'shfit'/],
    [
      'index outside its repeat',
      program({}, { at: { layer: 0, shift: { epoch: 1 } } }),
      /'epoch' is used outside a repeat/,
    ],
    ['unknown dimension', program({}, { over: ['replica', 'n'] }), /unknown dimension 'n'/],
    [
      'one buffer written and read',
      program({}, { bind: { y: 'x' } }),
      /'x' is bound as 'x' and as 'y', and one of them writes/,
    ],
    ['unknown binding', program({}, { bind: { z: 'x' } }), /binds 'z', which the kernel does not have/],
  ])('%s', (_, p, wanted) => expect(check(p, library()).join('\n')).toMatch(wanted));

  test('a buffer larger than the device allows, in words a person can act on', () => {
    const big = program({ dims: { replica: 2, count: 1e8 } });
    expect(check(big, library()).join('\n')).toMatch(
      /needs 763 MiB \(replica × count\), this device allows 128 MiB per buffer. Lower/,
    );
  });

  test('more storage buffers than every device has', () => {
    const complaints = check(program(), library(), { ...DEFAULT_LIMITS, maxStorageBuffersPerShaderStage: 1 });
    expect(complaints.join('\n')).toMatch(/binds 2 storage buffers, devices allow 1/);
  });
});

describe('programs', () => {
  test('repeats unroll with their indices', () => {
    expect(launchesOf(program()).map((l) => l.at.shift)).toEqual([1, 11]);
    const reversed = program({ steps: [{ repeat: 'layer', count: 2, is_reversed: true, dispatches: [dispatch()] }] });
    expect(launchesOf(reversed).map((l) => l.at.shift)).toEqual([11, 1]);
  });
  test('print as a list', () => {
    expect(printProgram(program())).toBe('for layer in 2:\n  scale[replica, count] {two}');
  });
  test('run on the CPU, every dispatch in order', async () => {
    const cpu = new CpuExecutor(library(), { slots: { factor: { two: () => 2 } } });
    const loaded = await cpu.load(program());
    cpu.write('x', Float32Array.of(1, 2, 3, 4, 5, 6));
    cpu.run(loaded);
    expect([...(await cpu.read(['y'])).y]).toEqual([13, 15, 17, 19, 21, 23]);
    expect(() => cpu.write('x', new Float32Array(7))).toThrow(/7 values at 0, the buffer has 6/);
    expect(() => cpu.write('q', new Float32Array(1))).toThrow(/buffer 'q' does not exist/);
  });
});

describe('the joiner', () => {
  test('keeps every line, and knows whose it is', () => {
    const joined = joinKernel(library(), 'scale', { factor: 'two' }, ['clip_low']);
    const line = joined.code.split('\n').findIndex((l) => l.includes('return 2.0')) + 1;
    expect(locate(joined, line)).toEqual({ file: 'shaders/parts/factor/two.wgsl', line: 2 });
    expect(joined.code).toContain(SCALE);
    expect(joined.code).toContain('clip_low: f32,');
  });
  test('refuses one name declared twice', () => {
    const twice = library({ '/shaders/parts/factor/bad.wgsl': 'fn scale() {}\nfn factor() -> f32 { return 1.0; }\n' });
    expect(() => joinKernel(twice, 'scale', { factor: 'bad' }, [])).toThrow(
      /factor\/bad.wgsl declares 'scale', which shaders\/kernels\/scale.wgsl already declares/,
    );
  });
  test('refuses a kernel in an unknown form, with file and line', () => {
    expect(() =>
      library({ '/shaders/kernels/bad.wgsl': 'fn bad() {}\n@group(0) @binding(0)\nvar<storage> x: array<f32>;' }),
    ).toThrow(/shaders\/kernels\/bad.wgsl:2: a binding in an unknown form/);
    expect(() => library({ '/shaders/kernels/bad.wgsl': '@compute @workgroup_size(64)\nfn other() {}' })).toThrow(
      /the entry point must be named 'bad'/,
    );
  });
});

test('random numbers are pure functions of their key, uniform and different', () => {
  expect(randomBits(1, 2, 3, 4, 5)).toBe(randomBits(1, 2, 3, 4, 5));
  const draws = Array.from({ length: 4096 }, (_, i) => randomUniform(7, i >> 6, 2, i & 63, 0));
  expect(new Set(draws).size).toBeGreaterThan(4085);
  expect(Math.abs(draws.reduce((a, b) => a + b, 0) / draws.length - 0.5)).toBeLessThan(0.02);
  expect(new Set(Array.from({ length: 64 }, (_, r) => replicaSeed(1, r))).size).toBe(64);
});

test('tables refuse what does not fit, with the nearest name', () => {
  const table = {
    clip_low: { value: 0.2, min: 0, max: 1, scale: 'linear', doc: 'How far.' },
    mode: { value: 0, min: 0, max: 1, scale: 'choice', choices: ['off', 'on'], doc: '' },
  } as const;
  expect(fillTable('hyperparameter', table, { clip_low: 0.3 })).toEqual({ clip_low: 0.3, mode: 0 });
  expect(() => fillTable('hyperparameter', table, { clip_lwo: 0.3 })).toThrow(
    "Unknown hyperparameter 'clip_lwo'. Did you mean 'clip_low'? Known: clip_low, mode.",
  );
  expect(complainValue('clip_low', table.clip_low, Number.NaN)).toMatch(/'clip_low' is NaN; wanted from 0 to 1/);
  expect(parseValue('mode', table.mode, 'on')).toBe(1);
  expect(() => parseValue('mode', table.mode, 'onn')).toThrow(/Did you mean 'on'\?/);
  expect(() => parseValue('clip_low', table.clip_low, 'abc')).toThrow(
    '“abc” is no number: clip_low takes 0 to 1 (How far).',
  );
  expect(nearest('grop', ['grpo', 'ppo', 'sft'])).toBe('grpo');
  const tasks = ['sort', 'say_symbol', 'sum_to_target', 'sum_to_target_twice'];
  for (const begun of ['sumto', 'Sum-To', 'sum']) expect(nearest(begun, tasks), begun).toBe('sum_to_target');
  expect(nearest('s', ['sum_to_target'])).toBeUndefined(); // one letter begins too much
  expect(nearest('smu_to_target', tasks)).toBe('sum_to_target');
  expect(nearest('', tasks)).toBeUndefined();
  expect(nearest('gpu', ['cpu', 'webgpu'])).toBe('webgpu'); // held by it, before the nearest spelling
  for (const other of ['foo', 'xpox', 'o']) expect(nearest(other, ['ppo', 'grpo', 'sft']), other).toBeUndefined();
  expect(unknownName('task', 'zzzzzzzz', ['sort'])).toBe("Unknown task 'zzzzzzzz'. Known: sort.");
});
