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
import { readQuery, writeLink, writeQuery } from '../../src/state/urlState.ts';
import { homeOf } from '../../src/trainer/home.ts';
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
    expect(command.engine).toBe('cpu');
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

  test.each([
    ['?algorithm=foo', "--link: Unknown algorithm 'foo'. Known: "],
    ['?seed=-1', "--link: 'seed' is -1; wanted a whole number from 0 to 4294967295."],
    ['?v=99', '--link: The link is of version 99 and this build reads version 1.'],
    ['?set.learning_rate=99', "--link: 'set.learning_rate' is 99; wanted from"],
    ['?set.__proto__=1', "--link: Unknown setting 'set.__proto__'."],
    ['?algoritm=rloo', "The link has 'algoritm', which is no setting; did you mean 'algorithm'?"],
    ['?foo=1&seed=2', "--link: The link has 'foo', which is no setting."],
    ['?sweep=clip_lo:0.1,0.2', '--link: '],
  ])('%s is refused, and nothing is said to have been used instead', (link, message) => {
    expect(() => parseCommand(['--link', link])).toThrow(message);
    expect(() => parseCommand(['--link', link])).not.toThrow(/instead|was used|was left out/);
  });

  test('a sweep gives every replica its values', () => {
    const sweep = 'sweep=learning_rate:0.01,0.1;clip_high:0.1,0.4;seeds:2';
    const { config, spread } = parseCommand(['--link', `?v=1&algorithm=dr_grpo&${sweep}`]);
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

describe('an algorithm without a task', () => {
  const read = (query: string) => readQuery(registries, DEFAULT_SETUP, query);
  const write = (query: string) => writeQuery(registries, DEFAULT_SETUP, read(query).setup);

  test('is opened at home by page and command alike, and what the link names stays on top', () => {
    const { setup, complaints } = read('?algorithm=ssrl');
    expect(complaints).toEqual([]);
    expect(setup.config).toMatchObject({ task: 'self_search', batch: { warm_up_steps: 60 } });
    expect(parseCommand(['--link', '?algorithm=ssrl']).config).toEqual(setup.config);
    expect(parseCommand(words('--algorithm ssrl')).config).toEqual(setup.config);
    const changed = read('?algorithm=ttrl&batch.warm_up_steps=5&seed=3&batch.prompts=4').setup.config;
    expect(changed).toMatchObject({ task: 'arithmetic', task_settings: { digits: 1 }, seed: 3 });
    expect(changed.batch).toEqual({ warm_up_steps: 5, prompts: 4 });
    expect(read('?algorithm=ttrl&task=sum_to_target').setup.config).toMatchObject({
      task: 'sum_to_target',
      batch: {},
    });
  });

  test('is written as short as it is read, home or elsewhere', () => {
    expect(write('?algorithm=ssrl')).toBe('?algorithm=ssrl');
    expect(write('?algorithm=ssrl&batch.warm_up_steps=0')).toBe('?algorithm=ssrl&batch.warm_up_steps=0');
    expect(write('?algorithm=ttrl&task=sum_to_target')).toBe('?task=sum_to_target&algorithm=ttrl');
    expect(write('?algorithm=rloo')).toBe('?algorithm=rloo');
    for (const algorithm of Object.values(registries.algorithms)) {
      const config = { ...DEFAULT_SETUP.config, ...homeOf(algorithm) };
      const link = writeLink(registries, DEFAULT_SETUP, { ...DEFAULT_SETUP, config });
      expect(read(link)).toEqual({ setup: { ...DEFAULT_SETUP, config }, complaints: [] });
      expect(
        read(
          writeQuery(registries, DEFAULT_SETUP, {
            ...DEFAULT_SETUP,
            config: { ...DEFAULT_SETUP.config, algorithm: algorithm.id },
          }),
        ).setup.config,
      ).toMatchObject({ task: 'sum_to_target', algorithm: algorithm.id });
    }
  });
});

describe('a parameter that is no setting', () => {
  const complaintsOf = (query: string) => readQuery(registries, DEFAULT_SETUP, query).complaints;

  test.each([
    ['algoritm=dr_grpo', 'algorithm'],
    ['sede=3', 'seed'],
    ['sweeep=x', 'sweep'],
    ['sett.learning_rate=0.1', 'set.learning_rate'],
    ['clip_low=0.1', 'set.clip_low'],
  ])('%s is named on the page where it is near one', (pair, name) => {
    const [key] = pair.split('=');
    expect(complaintsOf(`?${pair}`)).toEqual([
      `The link has '${key}', which is no setting; did you mean '${name}'? It was left out.`,
    ]);
  });

  test('those of others are left alone', () => {
    const others =
      'utm_source utm_medium utm_campaign utm_term utm_content utm_id fbclid gclid dclid msclkid mc_cid mc_eid ref source ' +
      'igshid _ga _gl si s t q hl lang ved sa ei usg cmpid trk foo selftest';
    for (const key of words(others)) expect(complaintsOf(`?${key}=1`), key).toEqual([]);
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

  test('the same rows as the options that say the same', async () => {
    const rest = words('--engine cpu --quiet --steps 12');
    const rows = async (name: string, argv: string[]) => {
      const path = join(folder, name);
      expect(await main([...argv, ...rest, '--out', path])).toBe(0);
      const lines = readFileSync(path, 'utf8').trim().split('\n');
      return lines.map((line) => JSON.parse(line)).map(({ seconds, ...row }) => row);
    };
    const linked = await rows('link.jsonl', ['--link', QUERY]);
    expect(linked).toHaveLength(24);
    const swept = await rows('sweep.jsonl', ['--link', `${QUERY}&sweep=learning_rate:0.05,0.2`]);
    expect(swept.filter(({ replica }) => replica === 0)).toEqual(linked.filter(({ replica }) => replica === 0));
    expect(swept.filter(({ replica }) => replica === 1)).not.toEqual(linked.filter(({ replica }) => replica === 1));
    expect(linked).toEqual(await rows('options.jsonl', words(OPTIONS)));
  });
});
