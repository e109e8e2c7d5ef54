import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ROLES } from '../../src/algorithms/algorithm.ts';
import { algorithms, partsOf } from '../../src/algorithms/index.ts';
import { helpText, parseCommand } from '../../src/cli/arguments.ts';
import { main as experiment } from '../../src/cli/experiment.ts';
import { listText } from '../../src/cli/list.ts';
import { main as papers } from '../../src/cli/papers.ts';
import { Progress } from '../../src/cli/progress.ts';
import { main as recordings } from '../../src/cli/recordings.ts';
import { notFinite, rowObject, shortest } from '../../src/cli/rows.ts';
import { main as selftest } from '../../src/cli/selftest.ts';
import { main } from '../../src/cli/train.ts';
import { main as verifyFixtures } from '../../src/cli/verify-fixtures.ts';
import { policies } from '../../src/policies/index.ts';
import { tasks } from '../../src/tasks/index.ts';
import { BATCH, COMMON_HYPER } from '../../src/trainer/settings.ts';

const words = (line: string) => line.split(' ').filter(Boolean);

describe('arguments', () => {
  test('without any, the default run', () => {
    const command = parseCommand([]);
    expect(command).toMatchObject({ action: 'train', steps: 200, engine: 'webgpu', is_quiet: false, out: undefined });
    expect(command.config).toEqual({
      algorithm: 'grpo',
      task: 'sum_to_target',
      policy: 'tabular',
      parts: {},
      task_settings: {},
      policy_settings: {},
      batch: {},
      hyper: {},
      seed: 1,
    });
  });

  test('every option arrives where it belongs', () => {
    const command = parseCommand(
      words(
        '--algorithm rloo --task arithmetic --policy transformer --steps 7 --seed=3 --replicas 4 --warm-up 5 ' +
          '--set learning_rate=0.01 --set=lone_response=zero --batch prompts=4 --task-set digits=1 --task-set scratchpad=on ' +
          '--policy-set width=32 --part stabiliser=sequence_clip --engine cpu --out - --checkpoint-out c.safetensors --quiet',
      ),
    );
    expect(command).toMatchObject({
      steps: 7,
      engine: 'cpu',
      out: '-',
      checkpoint_out: 'c.safetensors',
      is_quiet: true,
    });
    expect(command.config).toEqual({
      algorithm: 'rloo',
      task: 'arithmetic',
      policy: 'transformer',
      parts: { stabiliser: 'sequence_clip' },
      task_settings: { digits: 1, scratchpad: 1 },
      policy_settings: { width: 32 },
      batch: { prompts: 4, replicas: 4, warm_up_steps: 5 },
      hyper: { learning_rate: 0.01, lone_response: 1 },
      seed: 3,
    });
  });

  test('an algorithm without a task is opened at home; a task, a link, or an option that says otherwise goes first', () => {
    const { config } = parseCommand(words('--algorithm ttrl --warm-up 5'));
    expect(config).toMatchObject({ task: 'arithmetic', task_settings: { digits: 1 }, batch: { warm_up_steps: 5 } });
    expect(parseCommand(words('--algorithm ttrl --task sum_to_target')).config.batch).toEqual({});
    expect(parseCommand(words('--algorithm ttrl --link ?task=bandit')).config).toMatchObject({
      task: 'bandit',
      batch: {},
    });
    expect(parseCommand(words('--algorithm ssrl')).config.task).toBe('self_search');
  });

  test.each([
    ['--algorithm drgrpo', "Unknown algorithm 'drgrpo'. Did you mean 'dr_grpo'? Known: "],
    ['--task sum_to_targt', "Unknown task 'sum_to_targt'. Did you mean 'sum_to_target'? Known: "],
    ['--policy tabula', "Unknown policy 'tabula'. Did you mean 'tabular'? Known: "],
    ['--sed 1', "Unknown option '--sed'. Did you mean '--seed'? Known: --algorithm, --batch, "],
    ['-x', "Unknown option '-x'. Known: --algorithm, "],
    ['--constructor 1', "Unknown option '--constructor'."],
    ['grpo', "Found 'grpo' without an option. Did you mean --algorithm grpo?"],
    ['7', "Found '7' without an option. See"],
    ['--steps', '--steps has no value; wanted --steps N.'],
    ['--steps --quiet', '--steps has no value; wanted --steps N.'],
    ['--quiet=yes', "--quiet is 'yes'; it takes no value."],
    ['--steps 1 --steps 2', '--steps is given twice; wanted once.'],
    ['--steps 0', "'--steps' is 0; wanted a whole number from 1 to 10000000"],
    ['--steps 1.5', "'--steps' is 1.5; wanted a whole number from 1 to 10000000"],
    ['--steps ten', '“ten” is no number: --steps takes a whole number from 1 to 10000000'],
    ['--bundle-out -', "--bundle-out is '-'; wanted a file, as only --out writes to standard output."],
    ['--seed -1', "'--seed' is -1; wanted a whole number from 0 to 4294967295"],
    ['--replicas 99', "'--replicas' is 99; wanted a whole number from 1 to 16"],
    ['--replicas 2 --batch replicas=2', '--replicas and --batch replicas say the same; wanted one of them.'],
    ['--engine gpu', "Unknown engine 'gpu'. Did you mean 'webgpu'?"],
    ['--engine foo', "Unknown engine 'foo'. Known: cpu, webgpu."],
    ['--set learning_rate', "--set is 'learning_rate'; wanted --set NAME=VALUE."],
    ['--set learning_rate=', '“” is no number: learning_rate takes 0.000001 to 1 ('],
    ['--set learning_rate=fast', '“fast” is no number: learning_rate takes 0.000001 to 1 ('],
    ['--set learning_rate=2', "'learning_rate' is 2; wanted from 0.000001 to 1"],
    ['--set learning_rate=NaN', '“NaN” is no number'],
    [
      '--set learnin_rate=1',
      "Unknown hyperparameter of this run 'learnin_rate'. Did you mean 'learning_rate'? Known: ",
    ],
    ['--set gae_lambda=1', "Unknown hyperparameter of this run 'gae_lambda'."],
    ['--set learning_rate=1 --set learning_rate=0.1', '--set learning_rate is given twice; wanted once.'],
    [
      '--set std_is_population=samples',
      "Unknown value for std_is_population 'samples'. Did you mean 'sample'? Known: ",
    ],
    ['--set prompts=4', "'prompts' is no hyperparameter of this run; wanted --batch prompts=4."],
    ['--set modulus=4', "'modulus' is no hyperparameter of this run; wanted --task-set modulus=4."],
    ['--task bandit --task-set arm_gap=0.5', "'arm_gap' is no setting of task bandit; wanted --set arm_gap=0.5."],
    ['--batch minibatches=3', "'minibatches' is 3; wanted a power of two"],
    ['--batch prompts=1 --batch group_size=2', 'batch: 8 minibatches do not divide 1 prompts × 2 responses.'],
    ['--task-set digits=1', "Unknown setting of task sum_to_target 'digits'. Known: "],
    ['--policy transformer --policy-set width=7', "'width' is 7; wanted a power of two from 16 to 128 ("],
    ['--algorithm ssrl --task arithmetic', 'Choose --task self_search or another source (--part source=ID).'],
    ['--out a.jsonl --bundle-out ./a.jsonl', '--out and --bundle-out are both ./a.jsonl; wanted two files.'],
    ['--policy-set layers=1', "Unknown setting of policy tabular 'layers': it has none."],
    ['--part advantag=gae', "Unknown part role 'advantag'. Did you mean 'advantage'? Known: "],
    ['--part advantage=gea', "Unknown advantage part 'gea'. Did you mean 'gae'? Known: "],
    ['--algorithm sft --part advantage=gae', 'Choose another advantage (--part advantage=ID).'],
    ['--checkpoint-in a --seed 2', '--seed cannot stand beside --checkpoint-in; the checkpoint decides it.'],
  ])('%s', (line, message) => {
    expect(() => parseCommand(words(line))).toThrow(message);
  });

  test('an error is one line', () => {
    for (const line of ['--algorithm x', '--steps 0', '--part advantage=x']) {
      try {
        parseCommand(words(line));
      } catch (error) {
        expect((error as Error).message).not.toContain('\n');
      }
    }
  });
});

describe('texts', () => {
  test('--help names every option once and is short', () => {
    const text = helpText();
    const named = [...text.matchAll(/^ {2}--([a-z-]+)/gm)].map((m) => m[1]);
    expect(new Set(named).size).toBe(named.length);
    for (const name of ['algorithm', 'task', 'policy', 'steps', 'seed', 'replicas', 'set', 'batch', 'task-set']) {
      expect(named).toContain(name);
    }
    expect(text.split('\n').length).toBeLessThan(35);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  test('--list names everything that is registered', () => {
    const text = listText();
    const ids = [
      ...Object.keys(algorithms),
      ...ROLES,
      ...ROLES.flatMap((role) => partsOf(role).flatMap((p) => [p.id, ...Object.keys(p.hyper)])),
      ...Object.values(tasks).flatMap((t) => [t.id, ...Object.keys(t.settings), ...Object.keys(t.rules)]),
      ...Object.values(policies).flatMap((p) => [p.id, ...Object.keys(p.settings)]),
      ...Object.keys(BATCH),
      ...Object.keys(COMMON_HYPER),
    ];
    for (const id of ids) expect(text).toMatch(new RegExp(`^ +${id}( |$)`, 'm'));
    for (const knob of Object.values(BATCH)) expect(text).toContain(knob.doc);
    const [section] = text.split('\n\n');
    const columns = section
      .split('\n')
      .slice(1)
      .map((line) => / {2,}\S+ +/.exec(line)?.[0].length);
    expect(new Set(columns).size, 'algorithms stand in two columns').toBe(1);
  });

  test('no two parts of a role have the same title', () => {
    for (const role of ROLES) {
      const titles = partsOf(role).map(({ title }) => title);
      expect(
        titles.filter((title, i) => titles.indexOf(title) < i),
        role,
      ).toEqual([]);
    }
  });
});

describe('other commands', () => {
  const commands = { experiment, papers, recordings, selftest, 'verify-fixtures': verifyFixtures };

  test.each(Object.entries(commands))(
    '%s lists its options, and refuses others before it does anything',
    async (name, run) => {
      let said = '';
      const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
        said += text;
        return true;
      });
      expect(await run(['--help'])).toBe(0);
      write.mockRestore();
      expect(said).toContain(`npm run ${name} -- `);
      expect(said).toMatch(/^ {2}--help +print this, and end$/m);
      await expect(run(['--foo'])).rejects.toThrow(/^Unknown option '--foo'\. Known: .*--help/);
    },
  );

  test('what lacks its operand or has one too many is refused', async () => {
    await expect(verifyFixtures([])).rejects.toThrow(
      'No folder of fixtures is named; wanted one such as tests/fixtures.',
    );
    await expect(verifyFixtures(['a', 'b'])).rejects.toThrow("Found 'b' beside 'a'; wanted one DIR.");
    await expect(recordings(['x'])).rejects.toThrow("Found 'x' without an option. See npm run recordings -- --help.");
  });

  test('an experiment makes no folder', async () => {
    const folder = join(tmpdir(), 'no-such-folder-of-results');
    const command = words(`entropy_collapse --engine cpu --steps 1 --seeds 1 --quiet --out ${folder}/x.json`);
    await expect(experiment(command)).rejects.toThrow(/^--out .* cannot be written: ENOENT/);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('rows', () => {
  const metrics = ['reward_mean', 'entropy', 'accuracy'].map((id) => ({ id, label: '', unit: '', doc: '' }));
  const row = { step: 4, values: Float32Array.of(0.5, 1.25, Number.NaN, 0.25, Number.POSITIVE_INFINITY, 1) };

  test('a metric that was not measured is absent', () => {
    expect(rowObject(row, 0, metrics, 1.23456)).toEqual({
      step: 4,
      replica: 0,
      seconds: 1.2346,
      reward_mean: 0.5,
      entropy: 1.25,
    });
    expect(rowObject(row, 1, metrics, 2)).toEqual({ step: 4, replica: 1, seconds: 2, reward_mean: 0.25, accuracy: 1 });
  });

  test('a metric that should be finite and is not is noticed', () => {
    expect(notFinite(row, 2, metrics)).toBe('entropy of replica 1');
    expect(notFinite({ step: 0, values: row.values.slice(0, 3) }, 1, metrics)).toBeUndefined();
  });

  test('numbers are the shortest that name the same f32', () => {
    expect(shortest(Math.fround(0.1))).toBe(0.1);
    for (const x of [1 / 3, 1e-30, 123456.789, 16777216, -2.5e12, 1.1754943508222875e-38].map(Math.fround)) {
      expect(Math.fround(shortest(x))).toBe(x);
      expect(String(shortest(x)).length).toBeLessThanOrEqual(16);
    }
  });
});

describe('progress', () => {
  const record = (isTTY: boolean) => {
    const written: string[] = [];
    return { written, out: { isTTY, columns: 60, write: (text: string) => written.push(text) } };
  };

  test('a line every tenth where there is no terminal', () => {
    const { written, out } = record(false);
    const progress = new Progress(100, false, out);
    for (let k = 1; k <= 100; k++) progress.show(k, 'text');
    progress.end();
    expect(written).toHaveLength(10);
    expect(written[0]).toMatch(/^10\/100 {2}text/);
    expect(written[9]).toBe('100/100  text\n');
  });

  test('a bar on a terminal, never wider than it', () => {
    const { written, out } = record(true);
    const progress = new Progress(3, false, out);
    for (let k = 1; k <= 3; k++) progress.show(k, 'a text that is longer than what is left of the line');
    progress.end();
    expect(written.at(-1)).toBe('\n');
    expect(written.at(-2)).toContain('3/3');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the bar erases the rest of its line
    for (const text of written) expect(text.replace(/\r|\u001b\[K/g, '').length).toBeLessThan(60);
  });

  test('quiet is quiet', () => {
    const { written, out } = record(true);
    const progress = new Progress(3, true, out);
    progress.show(3, '');
    progress.end();
    expect(written).toEqual([]);
  });
});

describe('a run', () => {
  let folder = '';
  let said = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'train-'));
    said = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text, done?: unknown) => {
      said += text;
      if (typeof done === 'function') done();
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });
  const path = (name: string) => join(folder, name);
  const rowsOf = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, number>);
  const small = words(
    '--engine cpu --quiet --steps 12 --batch prompts=4 --batch group_size=4 --batch minibatches=4 --batch eval_every=5',
  );

  test('one line per step and replica, metrics only where measured', async () => {
    expect(await main([...small, '--replicas', '2', '--out', path('run.jsonl')])).toBe(0);
    const rows = rowsOf(readFileSync(path('run.jsonl'), 'utf8'));
    expect(rows.map((row) => [row.step, row.replica])).toEqual(
      Array.from({ length: 24 }, (_, i) => [Math.floor(i / 2), i % 2]),
    );
    for (const row of rows) {
      for (const name of ['reward_mean', 'entropy', 'grad_norm', 'seconds'])
        expect(row[name], name).toBeTypeOf('number');
      expect('accuracy' in row).toBe(row.step % 5 === 0);
      expect(Object.values(row).every(Number.isFinite)).toBe(true);
    }
    expect(rows[1].entropy).not.toBe(rows[0].entropy);
    expect(said).toMatch(/^grpo on sum_to_target with tabular: 12 steps in \S+ s, \S+ steps\/s on CPU engine/);
    expect(said).toMatch(/^reward {3}\d\.\d{3} at step 11, mean over 2 replicas$/m);
    expect(said).toMatch(/^accuracy \d\.\d{3} at step 10, mean over 2 replicas, greedy$/m);
  });

  test('- is standard output, and then nothing else is there', async () => {
    const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await main([...small, '--out', '-'])).toBe(0);
    expect(rowsOf(said)).toHaveLength(12);
    expect(errors.mock.calls.flat().join('')).toContain('12 steps in');
  });

  test('without demonstrations there is a reward, with them there is none', async () => {
    await main([...small, '--algorithm', 'sft', '--out', path('sft.jsonl')]);
    expect('reward_mean' in rowsOf(readFileSync(path('sft.jsonl'), 'utf8'))[0]).toBe(false);
  });

  test('a run that goes on from its checkpoint is the run that was not stopped', async () => {
    await main([...small, '--out', path('straight.jsonl')]);
    const half = small.with(small.indexOf('12'), '5');
    await main([...half, '--checkpoint-out', path('half.safetensors')]);
    const more = words('--engine cpu --quiet --steps 7');
    await main([...more, '--checkpoint-in', path('half.safetensors'), '--out', path('more.jsonl')]);
    const bare = (name: string) => rowsOf(readFileSync(path(name), 'utf8')).map(({ seconds, ...row }) => row);
    expect(bare('more.jsonl')).toEqual(bare('straight.jsonl').slice(5));
  });

  test('a checkpoint takes another algorithm and another value', async () => {
    await main([...small, '--checkpoint-out', path('a.safetensors')]);
    said = '';
    const change = words('--engine cpu --quiet --steps 2 --algorithm rloo --set learning_rate=0.01');
    await main([...change, '--checkpoint-in', path('a.safetensors'), '--checkpoint-out', path('b.safetensors')]);
    expect(said).toMatch(/^rloo on sum_to_target/);
    expect(readFileSync(path('b.safetensors'), 'latin1')).toContain('learning rate 0.15');
  });

  test('what cannot be written or read is refused before training, and a wrong name leaves the file alone', async () => {
    await expect(main([...small, '--out', path('no/such/folder.jsonl')])).rejects.toThrow(
      /^--out .* cannot be written: ENOENT/,
    );
    await expect(main([...small, '--out', folder])).rejects.toThrow(/^--out .* cannot be written: EISDIR/);
    await expect(main([...small, '--checkpoint-out', folder])).rejects.toThrow(
      /^--checkpoint-out .* cannot be written/,
    );
    await expect(main([...small.slice(0, 3), '--checkpoint-in', path('none')])).rejects.toThrow(
      'cannot be read: ENOENT',
    );
    const bundleOf = (file: string) => main([...words('--engine cpu --bundle'), file]);
    await expect(bundleOf(folder)).rejects.toThrow('Choose a file that exists and is yours.');
    writeFileSync(path('text'), 'abc');
    await expect(bundleOf(path('text'))).rejects.toThrow(
      `--bundle ${path('text')} is no run saved here: found 3 bytes, wanted a safetensors file. Choose a file that this playground saved.`,
    );
    writeFileSync(path('old.jsonl'), 'kept\n');
    await expect(main([...small, '--algorithm', 'nope', '--out', path('old.jsonl')])).rejects.toThrow(
      'Unknown algorithm',
    );
    expect(readFileSync(path('old.jsonl'), 'utf8')).toBe('kept\n');
    await main([...small, '--out', path('old.jsonl')]);
    expect(readFileSync(path('old.jsonl'), 'utf8')).not.toContain('kept');
    expect(existsSync(path('no'))).toBe(false);
  });

  test('Ctrl-C ends it in order: whole lines, then the exit code of an interruption', { timeout: 60_000 }, async () => {
    const before = process.listenerCount('SIGINT');
    const running = main([...words('--engine cpu --quiet --steps 1000000 --out'), path('long.jsonl')]);
    await vi.waitFor(() => expect(readFileSync(path('long.jsonl'), 'utf8')).not.toBe(''), { timeout: 20_000 });
    process.emit('SIGINT');
    expect(await running).toBe(130);
    const rows = rowsOf(readFileSync(path('long.jsonl'), 'utf8'));
    expect(rows.map((row) => row.step)).toEqual(rows.map((_, i) => i));
    expect(said).toMatch(/^Interrupted after \d+ of 1,000,000 steps; what was written is whole\.$/m);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  test('--program prints the dispatches of one step', async () => {
    await main(words('--program --algorithm ppo'));
    expect(said).toContain('gae[replica, sequence]');
    expect(said).toMatch(/^\d+ dispatches, \d+ parameters per replica$/m);
  });
});
