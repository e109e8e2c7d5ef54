import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// Does everything that docs/adding-an-algorithm.md says, in a copy of the repository with the page's files written into it.

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(root, 'docs/adding-an-algorithm.md'), 'utf8');

/** Fenced blocks of a Markdown text whose opening line carries `key=value`: value -> text. */
function blocks(key: string): Record<string, string> {
  const found = [...page.matchAll(new RegExp(`^\`\`\`\\w+ ${key}=(\\S+)\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))];
  return Object.fromEntries(found.map((m) => [m[1], m[2]]));
}

const files = blocks('file');
const outputs = blocks('output');
const lines = (text: string) => text.trimEnd().split('\n').length;

let copy = '';
const tool = (path: string) => join('node_modules', path);

/** Runs a command in the copy; returns what it said. */
function run(command: string, ...args: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}` };
}

/** Bundles an entry of the copy. Not with scripts/run.mjs: its cache would be the original's. */
const bundle = (entry: string, out: string) =>
  execFileSync(process.execPath, ['scripts/bundle-cli.mjs', entry, out], { cwd: copy, encoding: 'utf8' });

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'adding-an-algorithm-'));
  const parts = ['src', 'shaders', 'scripts', 'tests', 'bench', 'package.json', 'tsconfig.json', 'biome.json'];
  for (const part of [...parts, 'vite.config.ts', 'vitest.config.ts', 'playwright.config.ts']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text, { flag: 'wx' }); // fails where a file exists already
  }
  bundle('src/cli/train.ts', 'train.mjs');
  bundle('tests/unit/lib/checkAlgorithm.ts', 'check.mjs');
}, 60_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test('three new files, at most 100 lines, of which at most 25 are WGSL', () => {
  const paths = Object.keys(files);
  expect(paths).toEqual([
    'shaders/parts/group_advantage_of/signed.wgsl',
    'src/algorithms/w_reinforce.ts',
    'tests/unit/w_reinforce.test.ts',
  ]);
  expect(paths.reduce((sum, path) => sum + lines(files[path]), 0)).toBeLessThanOrEqual(100);
  expect(lines(files[paths[0]])).toBeLessThanOrEqual(25);
});

test('the types, the linter and the sanity walk accept them', { timeout: 60_000 }, () => {
  const paths = Object.keys(files);
  const complaints = (text: string) => text.split('\n').filter((line) => paths.some((path) => line.includes(path)));
  expect(complaints(run(process.execPath, tool('typescript/bin/tsc'), '--noEmit').text)).toEqual([]);
  const scripts = paths.filter((path) => path.endsWith('.ts'));
  const linted = run(process.execPath, tool('@biomejs/biome/bin/biome'), 'ci', '--colors=off', ...scripts);
  expect(linted, linted.text).toMatchObject({ status: 0 });
  expect(complaints(run(process.execPath, 'scripts/sanity.mjs').text)).toEqual([]);
});

test('it is in the list with its knob', () => {
  const { text } = run(process.execPath, 'train.mjs', '--list');
  expect(text).toMatch(/^ +w_reinforce +W-REINFORCE: /m);
  expect(text).toMatch(/^ +signed +A small weight/m);
  expect(text).toMatch(/^ +positive_weight +from 0 to 1, default 0\.1: weight λ/m);
});

test('its program is sound, and its kernels agree with their twins', { timeout: 60_000 }, () => {
  const { status, text } = run(process.execPath, 'check.mjs', 'w_reinforce');
  expect(status, text).toBe(0);
  const report = JSON.parse(text);
  console.log(`adding an algorithm on ${report.adapter}`);
  expect(report.program).toContain('group_advantage[replica, group] {signed}   # right or wrong');
  expect(report.complaints).toEqual([]);
  expect(report.failures).toEqual([]);
  const compared = report.kernels.find((k: { kernel: string }) => k.kernel === 'group_advantage');
  expect(compared.elements).toBe(64);
});

test('its numbers from outside hold', { timeout: 60_000 }, () => {
  const { status, text } = run(
    process.execPath,
    tool('vitest/vitest.mjs'),
    ...['run', '--project', 'unit', 'tests/unit/w_reinforce.test.ts'],
  );
  expect(status, text).toBe(0);
  expect(text).toMatch(/2 passed/);
});

describe('the runs of the page', () => {
  const commands = [...page.matchAll(/^ {4}npm run train -- (.*)$/gm)].map((m) => m[1].split(' '));
  const with_w = commands.filter((args) => args.includes('w_reinforce'));

  test.each(['w_reinforce', 'w_reinforce_0'].map((id, i) => [id, i] as const))('%s ends as printed', (id, i) => {
    const { status, text } = run(process.execPath, 'train.mjs', '--quiet', ...with_w[i]);
    expect(status, text).toBe(0);
    for (const line of outputs[id].trimEnd().split('\n')) {
      const [, name, value, rest] = /^(\w+) +([\d.]+)( .*)$/.exec(line)!;
      const said = new RegExp(`^${name} +([\\d.]+)${rest}$`, 'm').exec(text);
      expect(said, `'${line}' in ${text}`).not.toBeNull();
      expect(Math.abs(Number(said?.[1]) - Number(value))).toBeLessThanOrEqual(0.05);
    }
  });

  test('every other command of the page runs', () => {
    for (const args of commands.filter((a) => !a.includes('w_reinforce'))) {
      const { status, text } = run(
        process.execPath,
        'train.mjs',
        '--engine',
        'cpu',
        '--quiet',
        '--steps',
        '2',
        ...args,
      );
      expect(status, text).toBe(0);
    }
  });

  test('another algorithm takes the new part', () => {
    const args = ['--algorithm', 'grpo', '--part', 'advantage=signed', '--engine', 'cpu', '--quiet', '--steps', '2'];
    expect(run(process.execPath, 'train.mjs', ...args).status).toBe(0);
  });
});

test('what goes wrong is said in a sentence', { timeout: 60_000 }, () => {
  const path = join(copy, 'src/algorithms/w_reinforce.ts');
  const wrong = (from: string, to: string) => {
    writeFileSync(path, files['src/algorithms/w_reinforce.ts'].replaceAll(from, to));
    bundle('src/cli/train.ts', 'wrong.mjs');
    return run(process.execPath, 'wrong.mjs', '--algorithm', 'w_reinforce', '--engine', 'cpu', '--steps', '1');
  };
  const misspelt = wrong("file: 'signed'", "file: 'singed'");
  expect(misspelt.status).toBe(1);
  expect(misspelt.text).toMatch(/^error: .*no part 'singed' for slot 'group_advantage_of'\. Known: .*signed/);
  const renamed = wrong("id: 'w_reinforce'", "id: 'w_reinforc'");
  expect(renamed.status).toBe(1);
  expect(renamed.text).toContain("its default export has the id 'w_reinforc', wanted 'w_reinforce'");
  writeFileSync(path, files['src/algorithms/w_reinforce.ts']);
});
