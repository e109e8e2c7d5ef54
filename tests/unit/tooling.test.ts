import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/sanity.mjs', import.meta.url));
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sanity-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** What sanity.mjs says about a tree of planted files: its lines without the summary, and its exit code. */
function sanity(files: Record<string, string>): { lines: string[]; status: number | null } {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return { lines: stdout.trim().split('\n').slice(0, -1), status };
}

const CLEAN = { lines: [], status: 0 };
const KERNEL =
  '// @compute in a comment\n@compute @workgroup_size(64)\nfn twice(@builtin(global_invocation_id) id: vec3u) {}\n';
const TWIN = "import type { Dims } from '../../src/engine/twin.ts';\nexport function twice(_: Dims): void {}\n";

test('an empty tree passes', () => {
  expect(sanity({})).toEqual(CLEAN);
});

describe('import direction', () => {
  test('down, sideways and packages pass', () => {
    const files = {
      'src/ui/Panel.tsx': "import { useState } from 'react';\nimport { run } from '../state/runStore.ts';\n",
      'src/trainer/loop.ts': "import { ppo } from '../algorithms/ppo.ts';\nexport * from '../engine/program.ts';\n",
      'src/algorithms/grpo.ts': "import type { Task } from '../tasks/maze.ts';\n",
      'src/cli/train.ts': "import { loop } from '../trainer/loop.ts';\n",
    };
    expect(sanity(files)).toEqual(CLEAN);
  });

  test.each([
    ['a named import', "\nimport { a } from '../ui/Panel.tsx';", 2],
    ['an import over several lines', "import {\n  a,\n  b,\n} from '../trainer/loop.ts';", 4],
    ['a type import', "import type { A } from '../state/runStore.ts';", 1],
    ['a re-export', "export { a } from '../tasks/maze.ts';", 1],
    ['a bare import', "import '../cli/train.ts';", 1],
    ['a dynamic import', "const a = await import('../trainer/loop.ts');", 1],
    ['a glob', "const a = import.meta.glob<Task>('/src/tasks/*.ts', { eager: true });", 1],
    ['a glob of several patterns', "const a = import.meta.glob(['./x/*.ts', '../tasks/*.ts']);", 1],
  ])('%s from the engine upward is a violation', (_name, text, line) => {
    const { lines, status } = sanity({ 'src/engine/program.ts': `${text}\n` });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      new RegExp(`^src/engine/program\\.ts:${line} found imports .*, wanted imports go down: ui`),
    );
    expect(status).toBe(1);
  });

  test('an import in a comment or in a string is none', () => {
    const text = "// import { a } from '../ui/Panel.tsx';\nexport const help = `import '../ui/Panel.tsx'`;\n";
    expect(sanity({ 'src/engine/program.ts': text })).toEqual(CLEAN);
  });

  test('the command line does not import the page', () => {
    const { lines } = sanity({ 'src/cli/train.ts': "import { store } from '../state/runStore.ts';\n" });
    expect(lines[0]).toContain('src/cli imports only experiments, trainer, algorithms');
  });
});

describe('kernels and twins', () => {
  test('a pair passes', () => {
    expect(sanity({ 'shaders/kernels/twice.wgsl': KERNEL, 'shaders/kernels/twice.ref.ts': TWIN })).toEqual(CLEAN);
  });

  test('each without the other is a violation', () => {
    expect(sanity({ 'shaders/kernels/twice.wgsl': KERNEL, 'shaders/kernels/thrice.ref.ts': TWIN }).lines).toEqual([
      'shaders/kernels/thrice.ref.ts:1 found a twin without a kernel, wanted shaders/kernels/thrice.wgsl',
      'shaders/kernels/twice.wgsl:1 found a kernel without a twin, wanted shaders/kernels/twice.ref.ts',
    ]);
  });

  test.each([
    ['another name', KERNEL.replace('fn twice', 'fn main'), "2 found the entry point 'main', wanted 'fn twice('"],
    ['none', 'fn twice() {}\n', '1 found 0 @compute entry points'],
    ['two', `${KERNEL}@compute @workgroup_size(1) fn other() {}\n`, '4 found 2 @compute entry points'],
  ])('an entry point: %s', (_name, wgsl, message) => {
    const { lines } = sanity({ 'shaders/kernels/twice.wgsl': wgsl, 'shaders/kernels/twice.ref.ts': TWIN });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`shaders/kernels/twice.wgsl:${message}`);
  });

  test('a twin that imports a value, or a type from elsewhere, is a violation', () => {
    const twin =
      "import { sum } from '../../src/engine/twin.ts';\nimport type { Task } from '../../src/tasks/maze.ts';\n";
    const { lines } = sanity({ 'shaders/kernels/twice.wgsl': KERNEL, 'shaders/kernels/twice.ref.ts': twin });
    expect(lines.map((l) => l.split(' ')[0])).toEqual([
      'shaders/kernels/twice.ref.ts:1',
      'shaders/kernels/twice.ref.ts:2',
    ]);
  });
});

describe('texts', () => {
  test('600 lines pass, 601 do not', () => {
    expect(sanity({ 'src/ui/a.css': 'a {}\n'.repeat(600) })).toEqual(CLEAN);
    expect(sanity({ 'src/ui/a.css': 'a {}\n'.repeat(601) }).lines).toEqual([
      'src/ui/a.css:601 found 601 lines, wanted at most 600; split it along a real seam',
    ]);
  });

  test('WGSL in a string is a violation, in a comment or as WGSL file it is not', () => {
    const text = 'const n = 1;\n// @compute\nexport const code = `// $' + '{n}\n  @compute @workgroup_size(1)\n`;\n';
    expect(sanity({ 'src/engine/join.ts': text }).lines).toEqual([
      "src/engine/join.ts:4 found WGSL in a string ('@compute'), wanted a .wgsl file under shaders/",
    ]);
  });

  test.each([
    ['var<storage, read> x: array<f32>;', 1],
    ['@group(0) @binding(1) var<storage, read_write> x: array<f32>;', 1],
    ['enable f16; @compute @workgroup_size(1) fn f() {}', 1],
    ["line 3: an unknown form; wanted '@group(0) @binding(N) var<storage, read> name: type;'", 0],
    ['no entry point, wanted one @compute function', 0],
  ])('a declaration is WGSL, a message about one is not: %s', (value, num_violations) => {
    const { lines } = sanity({ 'src/engine/join.ts': `export const a = ${JSON.stringify(value)};\n` });
    expect(lines).toHaveLength(num_violations);
  });

  test("'any' is a violation unless marked; the word elsewhere is not", () => {
    const text = [
      'export const a: any = 1;',
      'export const b = a as any;',
      '// biome-ignore lint/suspicious/noExplicitAny: the driver has no types',
      'export const c: Record<string, any[]> = {};',
      "export const d = Promise.any([]); // any, any; 'any'",
      "export const e = ': any,';",
      'export const f = /: any,/;',
    ];
    const { lines } = sanity({ 'tests/unit/a.test.ts': `${text.join('\n')}\n` });
    expect(lines.map((l) => l.split(' ')[0])).toEqual(['tests/unit/a.test.ts:1', 'tests/unit/a.test.ts:2']);
  });
});
