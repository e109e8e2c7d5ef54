/** `npm run train -- --link`: the page's link runs what the page runs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseCommand } from '../../src/cli/arguments.ts';
import { main } from '../../src/cli/train.ts';
import { DEFAULT_SETUP } from '../../src/state/defaultSetup.ts';
import { registries } from '../../src/state/registries.ts';
import { readQuery } from '../../src/state/urlState.ts';

const words = (line: string) => line.split(' ').filter(Boolean);
const QUERY =
  '?v=1&algorithm=rloo&seed=7&engine=cpu&part.weighting=constant&task.modulus=6&batch.prompts=4&batch.group_size=4' +
  '&batch.minibatches=4&batch.replicas=2&set.learning_rate=0.05&set.lone_response=zero';
const OPTIONS =
  '--algorithm rloo --seed 7 --part weighting=constant --task-set modulus=6 --batch prompts=4 --batch group_size=4 ' +
  '--batch minibatches=4 --replicas 2 --set learning_rate=0.05 --set lone_response=zero';

describe('parsing', () => {
  test.each([
    `https://example.org/lab/${QUERY}#law`,
    QUERY,
    QUERY.slice(1),
    ` http://localhost:5173/index.html${QUERY} `,
  ])('%s', (link) => {
    const command = parseCommand(['--link', link]);
    expect(command.config).toEqual(readQuery(registries, DEFAULT_SETUP, QUERY).setup.config);
    expect(command).toMatchObject({ engine: 'cpu', complaints: [] });
  });

  test('other options override, and what then has no place is left out', () => {
    const link = ['--link', QUERY];
    const one = parseCommand([...link, ...words('--seed 9 --set learning_rate=0.1 --replicas 3 --engine webgpu')]);
    expect(one.config).toMatchObject({ algorithm: 'rloo', seed: 9, hyper: { learning_rate: 0.1, lone_response: 1 } });
    expect(one.config.batch.replicas).toBe(3);
    expect(one.engine).toBe('webgpu');
    const other = parseCommand([
      ...link,
      ...words('--algorithm dr_grpo --task say_symbol --part weighting=token_mean'),
    ]);
    expect(other.config).toMatchObject({ algorithm: 'dr_grpo', task: 'say_symbol', task_settings: {}, seed: 7 });
    expect(other.config.parts).toEqual({ weighting: 'token_mean' });
    expect(other.config.hyper).toEqual({ learning_rate: 0.05 });
  });

  test('what does not fit is brought into its range as on the page, with its sentence', () => {
    const { config, complaints } = parseCommand([
      '--link',
      '?v=2&set.learning_rate=99&algorithm=grpoo&set.__proto__=1&sweep=clip_low:0.1,0.2',
    ]);
    expect(config).toMatchObject({ algorithm: 'grpo', hyper: { learning_rate: 1 } });
    expect(complaints).toHaveLength(5);
  });

  test.each([
    ['nothing', "--link is 'nothing', which has no query"],
    ['https://example.org/lab/', 'which has no query'],
  ])('%s is refused', (link, message) => {
    expect(() => parseCommand(['--link', link])).toThrow(message);
  });

  test('a checkpoint has a setup of its own', () => {
    expect(() => parseCommand(['--link', QUERY, '--checkpoint-in', 'a'])).toThrow('--link cannot stand beside');
  });
});

describe('running', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'link-'));
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  test('the same rows as the options that say the same; complaints go to standard error', async () => {
    const errors = vi.spyOn(console, 'error').mockReturnValue();
    const rest = words('--engine cpu --quiet --steps 12');
    const rows = async (name: string, argv: string[]) => {
      const path = join(folder, name);
      expect(await main([...argv, ...rest, '--out', path])).toBe(0);
      const lines = readFileSync(path, 'utf8').trim().split('\n');
      return lines.map((line) => JSON.parse(line)).map(({ seconds, ...row }) => row);
    };
    const linked = await rows('link.jsonl', ['--link', `${QUERY}&set.nothing=1`]);
    expect(errors.mock.calls.flat().join('\n')).toMatch(/^--link: Unknown setting 'set\.nothing'/);
    expect(linked).toHaveLength(24);
    expect(linked).toEqual(await rows('options.jsonl', words(OPTIONS)));
  });
});
