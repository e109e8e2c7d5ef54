import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { algorithms } from '../../src/algorithms/index.ts';
import { parseCommand } from '../../src/cli/arguments.ts';
import { main } from '../../src/cli/train.ts';
import { readOptions } from '../../src/embed/options.ts';
import { readResults } from '../../src/experiments/results.ts';
import { policies } from '../../src/policies/index.ts';
import { PANELS } from '../../src/state/viewStore.ts';
import { tasks } from '../../src/tasks/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const PAGES = [
  'adding-an-algorithm',
  'architecture',
  'benchmarks',
  'deploying',
  'embedding',
  'experiments',
  'files',
  'full-scale',
  'panels',
  'papers',
  'quality',
  'runs',
]
  .map((name) => `docs/${name}.md`)
  .concat('README.md');

/** The fenced block whose opening line ends with `label`. */
function block(page: string, label: string): string {
  const found = new RegExp(`^\`\`\`\\w+ ${label}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(read(page));
  if (!found) throw new Error(`${page} has no block '${label}'.`);
  return found[1];
}

/** The words of a command line, without a shell's quotation marks. */
const wordsOf = (line: string) =>
  line
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/^'|'$/g, ''));

/** What the command writes to standard output. */
async function said(...argv: string[]): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += part;
    return true;
  });
  try {
    await main(argv);
  } finally {
    write.mockRestore();
  }
  return text;
}

test('the program in the architecture page is the program of the default run', async () => {
  const program = await said('--program');
  // after a change of the program: npm run -s train -- --program
  expect(block('docs/architecture.md', 'program')).toBe(program);
});

describe.each(PAGES)('%s', (page) => {
  test('names only files that exist', () => {
    const named = [...read(page).matchAll(/`((?:src|shaders|tests|scripts|docs|bench)(?:\/[\w.-]+)*)`/g)].map(
      (m) => m[1],
    );
    // files of the worked example are written by its own test
    const example = [...read(page).matchAll(/file=(\S+)/g)].map((m) => m[1]);
    const missing = named.filter((path) => !existsSync(join(root, path)) && !example.includes(path));
    expect(missing).toEqual([]);
  });

  test('links only to pages that exist', () => {
    const linked = [...read(page).matchAll(/[^!]\[[^\]]+\]\(([^)#]+)\)/g)].map((m) => m[1]);
    const missing = linked.filter((path) => !/^https?:/.test(path) && !existsSync(join(root, dirname(page), path)));
    expect(missing).toEqual([]);
  });

  test('names only npm scripts that exist, with options that the command takes', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [, name] of read(page).matchAll(/npm run (?:-s )?([\w-]+)/g))
      expect(Object.keys(scripts)).toContain(name);
    for (const [, line] of read(page).matchAll(/npm run (?:-s )?train -- ([^`\n]*)/g)) {
      if (!line.includes('w_reinforce')) expect(() => parseCommand(wordsOf(line)), line).not.toThrow();
    }
  });
});

test('the committed results were made by the command that the documentation names', () => {
  const line = 'npm run experiment -- entropy_collapse --seed 11 --engine cpu';
  const { made } = readResults(read('public/results/entropy_collapse.json'));
  expect(made.command).toBe(line);
  for (const page of ['README.md', 'docs/experiments.md']) expect(read(page), page).toContain(`    ${line}\n`);
});

test('every section of the page is described under its title', () => {
  const folder = join(root, 'src/ui');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tsx') && !name.endsWith('EmbedPage.tsx')) // which calls them otherwise
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const titles = new Map<string, string>();
  for (const source of sources)
    for (const [, id, plain, filled] of source.matchAll(/\bid="(\w+)"\s+title=(?:"([^"]+)"|\{`([^$`]+))/g))
      titles.set(id, (plain ?? filled).replace(/(:| of)? $/, ''));
  const texts = ['docs/panels.md', 'docs/runs.md'].map(read).join('\n');
  const named = [...texts.matchAll(/^#+ (.*)$|\*{1,2}([^*]+)\*{1,2}/gm)].map(([, heading, word]) => heading ?? word);
  const hasName = (title: string) => named.some((words) => words.toLowerCase().startsWith(title.toLowerCase()));
  expect(PANELS.filter((panel) => !titles.has(panel))).toEqual([]);
  expect(PANELS.filter((panel) => !hasName(titles.get(panel) ?? ''))).toEqual([]);
});

test('no page has a heading twice', () => {
  for (const page of PAGES) {
    const headings = [...read(page).matchAll(/^#+ .*$/gm)].map(([heading]) => heading);
    expect(
      headings.filter((heading, i) => headings.indexOf(heading) < i),
      page,
    ).toEqual([]);
  }
});

test('the first embed of the documentation has a recorded curve', () => {
  const [tag] = /<rollout-lab [^>]*>/.exec(read('docs/embedding.md')) ?? [''];
  const attributes = new URLSearchParams();
  for (const [, name, value] of tag.matchAll(/([\w.]+)="([^"]*)"/g)) attributes.set(name, value);
  const { options, complaints } = readOptions(attributes);
  expect(complaints).toEqual([]);
  expect(attributes.size).toBeGreaterThan(0);
  expect(options.recording).toBeDefined();
});

test('the checks above find something to check', () => {
  const all = PAGES.map(read).join('\n');
  for (const [what, least] of [
    [/`(?:src|shaders|tests|scripts|docs|bench)(?:\/[\w.-]+)*`/g, 50],
    [/[^!]\[[^\]]+\]\([^)#]+\)/g, 100],
    [/npm run (?:-s )?[\w-]+/g, 20],
    [/npm run (?:-s )?train -- [^`\n]*/g, 5],
  ] as const)
    expect([...all.matchAll(what)].length, String(what)).toBeGreaterThan(least);
});

describe('README', () => {
  test('lists every task, policy and dependency, and only algorithms that exist', () => {
    const text = read('README.md');
    const { devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
    const ids = [tasks, policies, devDependencies].flatMap((table) => Object.keys(table));
    expect(ids.filter((id) => !text.includes(`\`${id}\``))).toEqual([]);
    // a new algorithm edits no existing file, so the table may lack it; `--list` and the page have it
    const [table] = /\| what changes \| algorithms \|\n[\s\S]*?\n\n/.exec(text) ?? [''];
    const named = [...table.matchAll(/`(\w+)`/g)].map((m) => m[1]);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((id) => !Object.hasOwn(algorithms, id))).toEqual([]);
  });

  test('prints what the command prints', { timeout: 60_000 }, async () => {
    const [, line] = /^ {4}npm run train -- (.*--out run\.jsonl)$/m.exec(read('README.md')) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'readme-'));
    const file = join(folder, 'run.jsonl');
    const text = await said(...line.replace('run.jsonl', file).split(' '), '--engine', 'cpu', '--quiet');
    const shape = (output: string) => output.replace(/\d+(\.\d+)?/g, '#').replace(/# steps\/s on .*/, '# steps/s');
    expect(shape(text)).toBe(shape(block('README.md', 'output=train')));
    const rows = readFileSync(file, 'utf8').trim().split('\n');
    const printed = JSON.parse(block('README.md', 'output=row')) as Record<string, number>;
    const first = JSON.parse(rows[0]) as Record<string, number>;
    expect(Object.keys(printed)).toEqual(Object.keys(first));
    // another engine rounds differently, but it is the same step
    for (const name of ['step', 'replica', 'reward_mean', 'accuracy']) expect(printed[name]).toBe(first[name]);
    expect(printed.entropy).toBeCloseTo(first.entropy, 3);
    rmSync(folder, { recursive: true });
  });
});
