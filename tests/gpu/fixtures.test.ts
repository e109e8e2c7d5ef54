import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openNodeDevice } from '../../src/cli/device.ts';
import { main } from '../../src/cli/verify-fixtures.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import type { EngineInfo, Executor } from '../../src/engine/executor.ts';
import { GpuExecutor } from '../../src/engine/gpu.ts';
import { KernelLibrary, shaderLibrary } from '../../src/engine/library.ts';
import {
  FIXTURE_OPS,
  FIXTURE_TOLERANCE,
  type FixtureCase,
  type FixtureFile,
  judgeCase,
  readFixtures,
  type Verdict,
} from '../../src/trainer/fixtures.ts';
import { judgeFile } from '../../src/trainer/selfTest.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

const folder = fileURLToPath(new URL('../fixtures/', import.meta.url));
const textOf = (stem: string) => readFileSync(join(folder, `${stem}.json`), 'utf8');

function fixtureFile(stem: string): FixtureFile {
  const reading = readFixtures(stem, textOf(stem));
  if ('problem' in reading) throw new Error(reading.problem);
  return reading.file;
}

const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => fixtureFile(name.replace(/\.json$/, '')));
const covered = files.filter((f) => f.cases.some((c) => FIXTURE_OPS.includes(c.op)));

/** What the project has no number for; anything else that goes missing is a failure. */
const WITHOUT: Record<string, string[]> = {
  kl_exact: ['E_k3', 'Var_k3'],
  ssrl_reward: ['f1'],
};
/** Ops of covered files that no adapter answers. */
const WITHOUT_OPS = ['adaptive_kl', 'phase_selection'];

let device: GPUDevice;
let info: EngineInfo;
let gpu: Executor;
const cpu: Executor = new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });
const uncaptured: string[] = [];

beforeAll(async () => {
  const opened = await openNodeDevice();
  device = opened.device;
  device.addEventListener('uncapturederror', (event) => uncaptured.push(event.error.message));
  info = {
    kind: 'webgpu',
    adapter: opened.info.description || opened.info.architecture,
    is_software: opened.info.software,
  };
  gpu = new GpuExecutor(device, info, shaderLibrary);
  console.log(`fixtures on ${info.adapter}`);
});
afterAll(() => {
  gpu?.destroy();
  expect(uncaptured).toEqual([]);
});

const caseOf = (stem: string, name: string): { file: FixtureFile; c: FixtureCase } => {
  const file = fixtureFile(stem);
  const c = file.cases.find((x) => x.name === name);
  if (!c) throw new Error(`${stem}.json has no case '${name}'.`);
  return { file, c };
};

const both = async (file: FixtureFile, c: FixtureCase): Promise<Verdict[]> => [
  await judgeCase(gpu, file, c),
  await judgeCase(cpu, file, c),
];

describe('outside numbers', () => {
  test('the files of the algorithms are here', () => {
    const wanted = [
      'aggregation',
      'concise-rl',
      'dr-grpo',
      'echo-chamber',
      'entropy-estimators',
      'entropy-mechanism',
      'grpo',
      'kl-estimators',
      'pass-at-k',
      'ppo',
      'reinforce',
      'rlccf',
      'rloo',
      'ssrl',
      'ttrl',
    ];
    wanted.push('clip-cov', 'dapo', 'entropy-advantage', 'expert-iteration', 'gspo', 'kl-cov', 'reinforce-plus-plus');
    wanted.push('remax', 'simplevla-rl');
    expect(covered.map((f) => f.stem)).toEqual(expect.arrayContaining([...wanted, 'sft']));
  });

  test.for(covered.flatMap((file) => file.cases.map((c) => [`${file.stem}: ${c.name}`, file, c] as const)))(
    '%s',
    async ([, file, c]) => {
      for (const verdict of await both(file, c)) {
        if (FIXTURE_OPS.includes(c.op)) {
          expect(verdict).toMatchObject({ status: 'ok', note: '' });
          expect([...verdict.missing].sort()).toEqual([...(WITHOUT[c.op] ?? [])].sort());
        } else {
          expect(WITHOUT_OPS).toContain(c.op);
          expect(verdict).toMatchObject({ status: 'no_implementation', outputs: [] });
        }
      }
    },
  );

  test('a file without implementation is reported, not passed', async () => {
    const file: FixtureFile = { stem: 'new', cases: [{ ...caseOf('grpo', 'normal').c, op: 'not-written-yet' }] };
    for (const verdict of await both(file, file.cases[0])) {
      expect(verdict).toMatchObject({ status: 'no_implementation', outputs: [] });
      expect(verdict.note).toContain("no implementation yet of op 'not-written-yet'");
    }
    for (const other of files.filter((f) => !covered.includes(f))) {
      for (const c of other.cases) expect((await judgeCase(cpu, other, c)).status).toBe('no_implementation');
    }
  });

  test('the self-test says how many cases it left out, and fails for one that is wrong', async () => {
    const { c } = caseOf('grpo', 'normal');
    const unknown = { ...c, op: 'not-written-yet' };
    const file = (...cases: FixtureCase[]): FixtureFile => ({ stem: 'new', cases });
    const some = await judgeFile(cpu, file(c, unknown, c, unknown, unknown), 'twin');
    expect(some.row).toMatchObject({ name: 'new, twin', is_ok: true, note: '2 cases, 3 left out' });
    expect(some.row.worst).toBeGreaterThan(0);
    expect(some.num_judged).toBe(2);
    const wrong = { ...c, name: 'bad', outputs: { ...c.outputs, loss: Number.NaN } };
    const { row } = await judgeFile(cpu, file(c, wrong, unknown), 'twin');
    expect(row.is_ok).toBe(false);
    expect(row.note).toContain("case 'bad' on cpu: 'loss' is off by");
    expect((await judgeFile(cpu, file(unknown), 'twin')).num_judged).toBe(0);
  });
});

test('the reward of a response without own tokens does not matter', async () => {
  for (const stem of ['grpo', 'dr-grpo']) {
    const { file, c } = caseOf(stem, 'empty_row_and_holes');
    const [row] = (c.inputs.mask as number[][]).flatMap((m, s) => (m.includes(1) ? [] : [s]));
    const rewards = (c.inputs.rewards as number[]).map((r, s) => (s === row ? 5 : r));
    for (const verdict of await both(file, { ...c, inputs: { ...c.inputs, rewards } }))
      expect(verdict.status).toBe('ok');
  }
});

describe('the copies', () => {
  const WHOLE = ['pass-at-k', 'rlccf', 'ssrl', 'ttrl'];
  /** Lists of places, not a number per token. */
  const PLACES = ['candidates', 'permutation', 'chosen_indices', 'selected_indices'];
  const isMatrix = (x: unknown): x is number[][] => Array.isArray(x) && x.every(Array.isArray);

  test.for(covered.map((f) => [f.stem] as const))('%s.json has the form in which it was written', ([stem]) => {
    const text = textOf(stem);
    const content = JSON.parse(text);
    expect(content).toMatchObject({ schema_version: 1, algorithm: stem, dtype: 'float64' });
    expect(['upstream', 'equation']).toContain(content.source);
    expect(content.functions.length).toBeGreaterThanOrEqual(content.upstream.length > 0 ? 1 : 0);
    for (const { repo, commit } of content.upstream) {
      expect(repo).toMatch(/^[\w.-]+\/[\w.-]+$/);
      expect(commit).toMatch(/^[0-9a-f]{7,40}$/);
    }
    const names = content.cases.map((c: FixtureCase) => c.name);
    expect(new Set(names).size).toBe(names.length);
    for (const c of content.cases) {
      expect(Object.keys(c)).toEqual(expect.arrayContaining(['name', 'op', 'source', 'inputs', 'hyper', 'outputs']));
      expect(['upstream', 'equation']).toContain(c.source);
      const { mask } = c.inputs;
      if (!mask) continue;
      for (const [name, rows] of Object.entries({ ...c.inputs, ...c.outputs })) {
        // one number per token, or one per response in a row of its own
        if (isMatrix(rows) && !PLACES.includes(name) && rows.some((row) => row.length !== 1))
          expect(
            rows.map((row) => row.length),
            `${c.name} ${name}`,
          ).toEqual(mask.map((m: number[]) => m.length));
      }
    }
    // numbers in double precision, not rounded by hand; votes and forms are mostly whole numbers
    if (WHOLE.includes(stem)) return;
    expect(text.match(/-?\d\.\d{14,}/g)?.length).toBeGreaterThan(50);
  });

  test('masked places hold numbers that must not matter', () => {
    const { inputs } = caseOf('grpo', 'empty_row_and_holes').c as unknown as { inputs: Record<string, number[][]> };
    inputs.mask.forEach((row, s) => {
      row.forEach((m, t) => {
        if (m === 0) expect(inputs.logp[s][t]).not.toBe(0);
      });
    });
  });
});

describe('a broken case is wrong', () => {
  const { file, c } = caseOf('grpo', 'normal');
  const matrix = (x: unknown) => structuredClone(x) as number[][];

  const broken: [string, Partial<FixtureCase>, string][] = [
    ['a changed output', { outputs: { ...c.outputs, loss: (c.outputs.loss as number) + 0.001 } }, "'loss' is off by"],
    ['a changed input', { inputs: { ...c.inputs, rewards: [1, 1, 0, 0, 0, 0, 1, 1] } }, "'advantages' is off by"],
    ['another aggregation', { hyper: { ...c.hyper, agg: 'token-sum' } }, "'grad_logp' is off by"],
    ['an output of another shape', { outputs: { advantages: [[1, 2]] } }, "'advantages' is off by Infinity"],
    ['a number where a list stands', { outputs: { advantages: 1 } }, "'advantages' is off by Infinity"],
    ['a missing input', { inputs: { ...c.inputs, old_logp: undefined } }, "input 'old_logp' is nothing, wanted"],
    [
      'a ragged input',
      { inputs: { ...c.inputs, logp: matrix(c.inputs.logp).map((row, i) => row.slice(i % 2)) } },
      'ragged',
    ],
    [
      'a mask of another shape',
      { inputs: { ...c.inputs, mask: matrix(c.inputs.mask).map((row) => row.slice(1)) } },
      "input 'logp' is 8 × 6, wanted 8 × 5",
    ],
    [
      'a word as a number',
      { hyper: { ...c.hyper, eps_low: 'wide' } },
      'hyperparameter \'eps_low\' is the string "wide"',
    ],
    [
      'a mask that is no mask',
      { inputs: { ...c.inputs, mask: matrix(c.inputs.mask).map((row) => row.map((m) => m / 2)) } },
      '0 or 1',
    ],
    ['NaN among the inputs', { inputs: { ...c.inputs, rewards: [Number.NaN, 0, 0, 0, 0, 0, 0, 0] } }, 'is off by'],
  ];
  test.for(broken)('%s', async ([, change, note]) => {
    for (const verdict of await both(file, { ...c, ...change })) {
      expect(verdict.status).toBe('wrong');
      expect(verdict.note).toContain(note);
    }
  });

  test('what an adapter would have to ignore is not passed', async () => {
    for (const change of [
      { hyper: { ...c.hyper, entropy_coef: 1 } },
      { inputs: { ...c.inputs, values: c.inputs.logp } },
    ]) {
      for (const verdict of await both(file, { ...c, ...change })) expect(verdict.status).toBe('no_implementation');
    }
  });

  test('an output that nothing computes is named, null is not compared', async () => {
    const outputs = { ...c.outputs, approx_kl: null, something: 1 };
    for (const verdict of await both(file, { ...c, outputs }))
      expect(verdict).toMatchObject({ status: 'ok', missing: ['something'] });
  });
});

describe('a planted mistake is found', () => {
  const wgsl = import.meta.glob<string>('/shaders/**/*.wgsl', { query: '?raw', import: 'default', eager: true });

  const planted: [string, string, string, [stem: string, name: string]][] = [
    ['parts/stable_mask/ppo_clip', '1.0 + hyper.clip_high', '1.5 + hyper.clip_high', ['grpo', 'every_branch']],
    ['parts/stable_mask/ppo_clip', 'ratio > hyper.dual_clip', 'ratio > 1e30', ['ppo', 'every_branch']],
    ['parts/importance_weight/old_policy', '<= log_ratio_limit', '<= 0.1', ['ppo', 'clip_token-mean']],
    ['parts/group_advantage_of/standardise', 'hyper.advantage_eps', '0.01', ['grpo', 'real_valued']],
    ['parts/group_advantage_of/leave_one_out', 'g.count - 1.0)', 'g.count)', ['rloo', 'uneven_groups']],
    ['parts/token_weight/seq_mean_token_mean', 'c.sequence_tokens', 'c.batch_tokens', ['sft', 'varied_lengths']],
    ['parts/regulariser_gradient/kl_k3', '1.0 - exp', '0.9 - exp', ['grpo', 'with_kl_k3']],
    ['kernels/group_advantage', 'count - 1.0 +', 'count +', ['grpo', 'normal']],
    ['kernels/count_tokens', 'stat.y > 0.0', 'stat.y >= 0.0', ['aggregation', 'two_empty_rows']],
    ['kernels/sequence_statistics', 'token.w != 0.0', 'token.w >= 0.0', ['rloo', 'normal_sequence']],
    ['kernels/gae', 'next_value = v.y;', 'next_value = v.x;', ['ppo', 'gae_outcome_lam095']],
    ['kernels/whiten_advantage', '* n / (n - 1.0)', '', ['ppo', 'gae_holes']],
    ['kernels/value_gradient', 'if (!is_clipped)', 'if (true)', ['ppo', 'value_clip_tight']],
    ['kernels/token_reward', 'now.y - now.z', 'now.z - now.y', ['ppo', 'kl_in_reward']],
    [
      'kernels/baseline_advantage',
      'hyper.discount * next_return',
      'next_return',
      ['reinforce', 'returns_to_go_gamma0.9'],
    ],
    ['kernels/majority_vote', 'votes > most_votes', 'votes >= most_votes', ['ttrl', 'all_different']],
    ['kernels/collective_vote', 'weight[j] * count_of', 'member * count_of', ['rlccf', 'flip_by_weight']],
    ['kernels/mask_information', 'k <= t', 'k < t', ['ssrl', 'information_mask_tokens']],
    ['kernels/entropy_change', 'covariance / sum.x', 'covariance', ['entropy-mechanism', 'covariance_large_step']],
    [
      'kernels/covariance_metrics',
      '(advantage_of(s, t) - mean.x)',
      'advantage_of(s, t) * mean.x',
      ['entropy-mechanism', 'batch_cov'],
    ],
    ['parts/regulariser_gradient/kl_abs', 'sign(t.logp - t.ref_logp)', '1.0', ['kl-estimators', 'zero']],
    ['kernels/correction_statistics', 'by_share += share *', 'by_share +=', ['tis', 'weights_sequence_batchnorm']],
    ['parts/sampler_weight/icepop', 'weight >= hyper.weight_low', 'true', ['tis', 'weights_icepop_token']],
    ['kernels/flow_residual', 'beta * mean.y - mean.z', 'beta * mean.y', ['flowrl', 'normal']],
    ['kernels/log_z_gradient', 'k < member * position_stride', 'k < member', ['flowrl', 'normal']],
    ['parts/importance_weight/sequence_weight', 'hyper.weight_max', '1e30', ['flowrl', 'large_weight']],
    ['kernels/group_success', '/ total_member', '/ sequence', ['nft', 'default']],
    ['parts/group_advantage_of/negative_aware', 'sqrt((1.0 - r) / r)', 'sqrt(1.0 - r)', ['nft', 'on_policy_grpo']],
    ['lib/negative', 'hyper.nft_floor', '0.01', ['nft', 'default']],
    ['kernels/on_policy_advantage', 'count += 1.0', 'count += 2.0', ['luffy', 'split_advantage']],
    ['parts/likelihood_gradient/policy_shaping', 'shifted * shifted', 'shifted', ['luffy', 'gamma_0.3']],
    ['kernels/gate_demonstrations', 'right <= gate', 'right < gate', ['hpt', 'gate_2']],
    ['parts/token_weight/rl_and_sft', 'c.demonstration_tokens', 'c.batch_tokens', ['hpt', 'mixed']],
    ['parts/importance_weight/clamped', '1.0 + hyper.clip_high', '2.0', ['hpt', 'unified_cispo']],
    ['kernels/token_logp', 'log_sum - weighted / sum', 'log_sum', ['entropy-estimators', 'normal']],
    ['kernels/logits_backward', 'log_p + entropy', 'log_p - entropy', ['entropy-estimators', 'normal']],
    ['kernels/token_covariance', '(now[i].x - mean.y)', 'now[i].x', ['kl-cov', 'toy_k']],
    ['kernels/pick_tokens', 'key = select(key, higher', 'key = select(higher, key', ['kl-cov', 'toy_k']],
    ['kernels/pick_tokens', ', 1.0), candidates)', ', 0.0), candidates)', ['kl-cov', 'default_small_k']],
    ['parts/pick_key/kl_cov', '~image', 'image', ['kl-cov', 'k_0.5_coef_0.1']],
    ['parts/pick_key/clip_cov', 'is_stable && is_inside', 'is_inside', ['clip-cov', 'toy_ratio']],
    ['parts/objective/clip_cov', '0.0, t.is_picked', '0.0, false', ['clip-cov', 'toy_ratio']],
    ['parts/regulariser_gradient/kl_cov', 'sign(', 'abs(', ['kl-cov', 'toy_k']],
    [
      'parts/effective_advantage/entropy_shaped',
      'abs(t.advantage)',
      't.advantage',
      ['entropy-advantage', 'grpo_alpha04_kappa2'],
    ],
    ['parts/keep_group/mixed', 'accuracy < 1.0', 'accuracy <= 1.0', ['dapo', 'dynamic_sampling']],
    ['parts/keep_group/window', 'accuracy <= hyper.accuracy_high', 'true', ['simplevla-rl', 'group_filter']],
    ['kernels/keep_groups', 'place >= kept_prompt', 'false', ['dapo', 'batch_assembly']],
    ['kernels/keep_correct', '|| !is_same(s, other)', '|| true', ['expert-iteration', 'duplicates']],
    ['kernels/keep_correct', 'kept < hyper.max_kept', 'true', ['expert-iteration', 'cap_2_per_prompt']],
    ['kernels/overlong_reward', 'min(0.0, -over', 'min(1.0, -over', ['dapo', 'overlong_penalty']],
    ['kernels/greedy_advantage', 'rewards[i] - greedy', 'rewards[i] + greedy', ['remax', 'binary']],
    ['lib/sequence_mean', ' / max(t.sequence_tokens, 1.0)', '', ['gspo', 'normal']],
  ];
  test.for(planted)('%s: %s -> %s', async ([stem, from, to, [file_stem, name]]) => {
    const path = `/shaders/${stem}.wgsl`;
    expect(wgsl[path]).toContain(from);
    const library = new KernelLibrary({ wgsl: { ...wgsl, [path]: wgsl[path].replace(from, to) }, twins: {}, fast: {} });
    const executor = new GpuExecutor(device, info, library);
    const { file, c } = caseOf(file_stem, name);
    expect((await judgeCase(executor, file, c)).status).toBe('wrong');
    expect((await judgeCase(gpu, file, c)).status).toBe('ok');
    executor.destroy();
  });

  test('in a twin', async () => {
    const slots = slotTwins();
    slots.stable_mask = { ...slots.stable_mask, ppo_clip: () => 1 };
    const executor = new CpuExecutor(shaderLibrary, { precision: 'f64', slots });
    const { file, c } = caseOf('grpo', 'every_branch');
    const verdict = await judgeCase(executor, file, c);
    expect(verdict.note).toContain("'grad_logp' is off by");
  });
});

describe('verify-fixtures', () => {
  const said: string[] = [];
  const run = async (...argv: string[]): Promise<number> => {
    said.length = 0;
    const log = vi.spyOn(console, 'log').mockImplementation((line) => said.push(String(line)));
    try {
      return await main(argv);
    } finally {
      log.mockRestore();
    }
  };
  const withFolder = async (content: Record<string, string>, use: (dir: string) => Promise<void>) => {
    const dir = mkdtempSync(join(tmpdir(), 'fixtures-'));
    try {
      for (const [name, text] of Object.entries(content)) writeFileSync(join(dir, name), text);
      await use(dir);
    } finally {
      rmSync(dir, { recursive: true });
    }
  };

  test('passes the copies and names what is not implemented', { timeout: 120_000 }, async () => {
    expect(await run(folder)).toBe(0);
    const last = said.at(-1);
    expect(last).toMatch(new RegExp(`^${files.length} files, \\d+ cases ok, 0 wrong, \\d+ without implementation`));
    expect(last).toContain(info.adapter);
    expect(said.join('\n')).toContain(
      "adaptive_kl: without implementation (no implementation yet of op 'adaptive_kl')",
    );
  });

  test('one wrong number is enough for exit code 1', { timeout: 60_000 }, async () => {
    const content = JSON.parse(textOf('sft'));
    content.cases[0].outputs.token_loss[0][0] += 0.01;
    await withFolder({ 'sft.json': JSON.stringify(content) }, async (dir) => {
      expect(await run(dir, '--json')).toBe(1);
      const report = JSON.parse(said.join('\n'));
      expect(report.summary).toMatchObject({ files: 1, wrong: 1, ok: content.cases.length - 1 });
      expect(report.files[0].cases[0].paths.cpu.note).toContain("'token_loss' is off by");
      expect(report.summary.adapter).toBe(info.adapter);
    });
  });

  test('odd files get one sentence; they are wrong when they claim to be fixtures', async () => {
    const odd = {
      'array.json': '[1, 2]',
      'object.json': '{"source": "equation", "values": [1]}',
      'text.json': 'not json',
      'small.json': '{"cases": [{"name": "a", "input": 1, "output": NaN}], "source": "equation"}',
    };
    await withFolder(odd, async (dir) => {
      expect(await run(dir, '--engine', 'cpu')).toBe(0);
      expect(said.at(-1)).toContain('4 files, 0 cases ok, 0 wrong, 1 without implementation, 3 files skipped');
      expect(said.filter((line) => line.startsWith('skipped: '))).toHaveLength(3);
    });
    const claims = {
      'cut.json': textOf('sft').slice(0, 2000),
      'empty.json': '{"cases": []}',
      'case.json': '{"cases": ["a", {"op": "grpo", "name": "b", "inputs": {}}]}',
    };
    await withFolder(claims, async (dir) => {
      expect(await run(dir, '--engine=cpu')).toBe(1);
      expect(said.at(-1)).toContain('0 cases ok, 2 wrong, 0 without implementation, 2 files wrong');
      expect(said.join('\n')).toContain("case.json case 'b': 'outputs' is nothing, wanted an object of named values.");
    });
  });

  test('--only picks a file under either spelling', async () => {
    expect(await run(folder, '--only', 'dr_grpo', '--engine', 'cpu')).toBe(0);
    expect(said.at(-1)).toMatch(/^1 file, 10 cases ok, 0 wrong/);
  });

  test.for([
    [['nowhere'], "'nowhere' does not exist"],
    [[], 'No folder of fixtures is named; wanted one such as tests/fixtures.'],
    [[folder, '--only', 'grpoo'], "Did you mean 'grpo'?"],
    [[folder, '--engine', 'gpu'], "Unknown engine 'gpu'"],
    [[folder, '--engin', 'cpu'], "Did you mean '--engine'?"],
  ] as const)('%j: %s', async ([argv, message]) => {
    await expect(run(...argv)).rejects.toThrow(message);
  });
});

test('tolerances are those of the fixtures', () => {
  expect(FIXTURE_TOLERANCE).toEqual({ webgpu: 1e-4, cpu: 1e-7 });
});
