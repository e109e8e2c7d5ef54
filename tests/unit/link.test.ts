/** `npm run train -- --link`: the page's link runs what the page runs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseCommand } from '../../src/cli/arguments.ts';
import { main } from '../../src/cli/train.ts';
import { DEFAULT_SETUP } from '../../src/state/defaultSetup.ts';
import type { Lab } from '../../src/state/lab.ts';
import { registries } from '../../src/state/registries.ts';
import { jsonLines, takeRows } from '../../src/state/take/metricRows.ts';
import { readQuery, writeLink } from '../../src/state/urlState.ts';
import { realLab, takeSteps } from './lib/realLab.ts';

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
      '?v=2&set.learning_rate=99&algorithm=grpoo&set.__proto__=1&sweep=clip_lo:0.1,0.2',
    ]);
    expect(config).toMatchObject({ algorithm: 'grpo', hyper: { learning_rate: 1 } });
    expect(complaints).toHaveLength(5);
  });

  test('a sweep gives every replica its values', () => {
    const sweep = 'sweep=learning_rate:0.01,0.1;clip_high:0.1,0.4;seeds:2';
    const { config, spread, complaints } = parseCommand(['--link', `?v=1&algorithm=dr_grpo&${sweep}`]);
    expect(complaints).toEqual([]);
    expect(config.batch.replicas).toBe(8);
    expect(spread.slice(0, 5)).toEqual([
      { learning_rate: 0.01, clip_high: 0.1 },
      { learning_rate: 0.01, clip_high: 0.4 },
      { learning_rate: 0.1, clip_high: 0.1 },
      { learning_rate: 0.1, clip_high: 0.4 },
      { learning_rate: 0.01, clip_high: 0.1 },
    ]);
    expect(() => parseCommand(['--link', `?${sweep}`, '--replicas', '2'])).toThrow('--replicas cannot stand beside');
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

describe('opening', () => {
  const rowsOf = ({ run }: Lab) => {
    const { info, metrics } = run.getState();
    const ids = info!.metrics.map(({ id }) => id);
    return [...jsonLines(takeRows(metrics, ids))].map((line) => JSON.parse(line)).map(({ seconds, ...row }) => row);
  };

  test.each([
    ['?algorithm=clip_cov&task=bandit&batch.prompts=4&batch.group_size=4&batch.minibatches=2&set.learning_rate=0.2', 7],
    ['?algorithm=grpo&part.advantage=leave_one_out&batch.replicas=2&batch.staleness=1&set.kl_coef=0.01', 4294967295],
  ])('a link of what was set by hand gives the same run, bit for bit: %s', async (query, seed) => {
    const wanted = readQuery(registries, DEFAULT_SETUP, `${query}&seed=${seed}`).setup.config;
    const first = await realLab('');
    await first.session.open({ ...wanted, hyper: {} });
    expect(first.run.getState().problem).toBe('');
    for (const [name, value] of Object.entries(wanted.hyper)) await first.session.setHyper(name, value);
    const { config, engine, speed } = first.setup.getState();
    const link = writeLink(registries, DEFAULT_SETUP, { config, engine, speed });
    expect(link).toContain(`seed=${seed}`);
    const second = await realLab(link.slice(1));
    expect(second.setup.getState().config).toEqual(config);
    await takeSteps(first, 6);
    await takeSteps(second, 6);
    expect(rowsOf(second)).toEqual(rowsOf(first));
    expect(rowsOf(first).length).toBeGreaterThan(5);
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
    const swept = await rows('sweep.jsonl', ['--link', `${QUERY}&sweep=learning_rate:0.05,0.2`]);
    expect(swept.filter(({ replica }) => replica === 0)).toEqual(linked.filter(({ replica }) => replica === 0));
    expect(swept.filter(({ replica }) => replica === 1)).not.toEqual(linked.filter(({ replica }) => replica === 1));
    expect(linked).toEqual(await rows('options.jsonl', words(OPTIONS)));
  });
});
