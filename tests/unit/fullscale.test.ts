/** To full scale: no key that the trainers do not have, and every setting accounted for. */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ROLES } from '../../src/algorithms/algorithm.ts';
import type { Knob } from '../../src/engine/table.ts';
import { type FullScaleRun, launchOf, TRAINERS, type TrainerId } from '../../src/fullscale/launch.ts';
import { entryOf, launchFile, mappingOf } from '../../src/fullscale/render.ts';
import { fullScaleTable } from '../../src/fullscale/table.ts';
import { GRPO_KEYS, RLOO_KEYS, SFT_KEYS } from '../../src/fullscale/trlKeys.ts';
import { VERL_ADDED, VERL_KEYS, VERL_SFT_KEYS } from '../../src/fullscale/verlKeys.ts';
import { settingTables } from '../../src/state/catalogue.ts';
import { clampValue, numPositions, valueAt } from '../../src/state/knobScale.ts';
import { registries } from '../../src/state/registries.ts';
import { fullScaleRun, plainRun } from '../../src/state/take/fullScale.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';

const runOf = (change: Partial<RunConfig> = {}) => fullScaleRun(registries, defaultRun(change));
const fileOf = (trainer: TrainerId, config: RunConfig) =>
  launchFile(trainer, fullScaleRun(registries, config), plainRun(registries, config));

/** The keys that the entry which runs it has. */
function allowedKeys(trainer: TrainerId, run: FullScaleRun): Record<string, unknown> {
  return {
    'verl.trainer.main_ppo': VERL_KEYS,
    'verl.trainer.sft_trainer': VERL_SFT_KEYS,
    GRPOTrainer: GRPO_KEYS,
    RLOOTrainer: RLOO_KEYS,
    SFTTrainer: SFT_KEYS,
  }[entryOf(trainer, run)]!;
}

/** Every algorithm with parts exchanged and settings moved, ends of ranges included. */
const anyConfig: fc.Arbitrary<RunConfig> = fc
  .record({
    task: fc.constantFrom(...Object.keys(registries.tasks)),
    algorithm: fc.constantFrom(...Object.keys(registries.algorithms)),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    swaps: fc.array(fc.tuple(fc.constantFrom(...ROLES), fc.nat()), { maxLength: 2 }),
    moves: fc.array(fc.tuple(fc.constantFrom('hyper', 'batch'), fc.nat(), fc.constantFrom(0, 0.3, 0.7, 1)), {
      maxLength: 6,
    }),
  })
  .map(({ task, algorithm, seed, swaps, moves }) => {
    const config = defaultRun({ task, algorithm, seed });
    for (const [role, n] of swaps) {
      const parts = registries.partsOf(role);
      config.parts[role] = parts[n % parts.length].id;
    }
    for (const [place, n, share] of moves) {
      const entries = Object.entries<Knob>(settingTables(registries, config)[place]);
      const [name, knob] = entries[n % entries.length];
      config[place][name] = clampValue(knob, valueAt(knob, Math.round(share * numPositions(knob))));
    }
    return config;
  });

/** Splits the arguments of the rendered script as a shell would: everything in single quotes. */
const argumentsOf = (text: string): string[] =>
  [...text.matchAll(/^ {2}'([^']*)'(?: {2}#.*)?$/gm)].map(([, argument]) => argument);
/** Names of the keyword arguments of the rendered configuration. */
const keywordsOf = (text: string): string[] => [...text.matchAll(/^ {4}(\w+)=.*?,(?: {2}#.*)?$/gm)].map((m) => m[1]);

test('any run gives a file with known keys alone, or a refusal; every setting is accounted for', () => {
  let launched = 0;
  fc.assert(
    fc.property(anyConfig, fc.constantFrom(...TRAINERS), (config, trainer) => {
      const run = fullScaleRun(registries, config);
      const { launch, text } = fileOf(trainer, config);
      const wanted = [
        ...ROLES.map((role) => `part.${role}`),
        ...Object.keys(run.batch).map((name) => `batch.${name}`),
        ...Object.keys(run.hyper).map((name) => `hyper.${name}`),
        ...Object.keys(run.task_settings).map((name) => `task.${name}`),
        ...Object.keys(run.policy_settings).map((name) => `policy.${name}`),
        'seed',
      ];
      expect(launch.entries.map(({ setting }) => setting).sort()).toEqual(wanted.sort());
      for (const { setting, keys } of launch.entries) {
        const mentioned = new RegExp(`# (?:.*, )?${setting.replaceAll('.', '\\.')}(?: =|[,;]|$)`, 'm');
        expect(text, setting).toMatch(mentioned);
        for (const key of keys) expect(text).toContain(`${key}=`);
      }
      const code = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      if (launch.refusals.length > 0) {
        expect(code).toEqual([]);
        for (const sentence of launch.refusals) expect(text).toContain(sentence);
        return;
      }
      launched++;
      const allowed = allowedKeys(trainer, run);
      const given = trainer === 'verl' ? argumentsOf(text).map((argument) => argument.split('=')[0]) : keywordsOf(text);
      const own = given.filter((key) => !['model', 'args', 'reward_funcs', 'train_dataset'].includes(key));
      for (const key of own) {
        if (key.startsWith('+')) expect(VERL_ADDED).toContain(key.slice(1));
        else expect(Object.keys(allowed)).toContain(key);
      }
      expect(own.length).toBe(Object.keys(launch.set).length + Object.keys(launch.add).length);
      expect(new Set(own).size).toBe(own.length);
      expect(text).not.toMatch(/NaN|Infinity|undefined|=-0\b/);
      if (trainer !== 'verl' || isSft(run)) return;
      checkVerl(launch.set);
    }),
    { numRuns: 600 },
  );
  expect(launched).toBeGreaterThan(100);
}, 30_000);

const isSft = (run: FullScaleRun) => entryOf('verl', run) === 'verl.trainer.sft_trainer';

/** What verl would accept, or find out hours later. */
function checkVerl(set: Record<string, unknown>): void {
  const number = (key: string) => set[key] as number;
  const A = 'actor_rollout_ref.actor.';
  const prompts = number('data.train_batch_size');
  const mini = number(`${A}ppo_mini_batch_size`);
  const group = number('actor_rollout_ref.rollout.n');
  expect(Number.isInteger(mini) && prompts % mini === 0).toBe(true);
  expect((mini * group) % 8).toBe(0);
  const micro = set[`${A}ppo_micro_batch_size_per_gpu`];
  if (typeof micro === 'number') expect(((mini * group) / 8) % micro).toBe(0);
  expect(number(`${A}clip_ratio_c`)).toBeGreaterThan(1);
  for (const side of ['clip_ratio', 'clip_ratio_low', 'clip_ratio_high']) expect(number(A + side)).toBeGreaterThan(0);
  expect(set[`${A}clip_ratio`]).toBe(Math.max(number(`${A}clip_ratio_low`), number(`${A}clip_ratio_high`)));
  expect(Number.isInteger(set[`${A}loss_scale_factor`])).toBe(true);
  expect(set[`${A}use_kl_loss`] === true && set['algorithm.use_kl_in_reward'] === true).toBe(false);
  const mode = set[`${A}policy_loss.loss_mode`];
  expect(['vanilla', 'gspo', 'clip_cov', 'kl_cov', 'gpg', 'cispo']).toContain(mode);
  if (mode === 'gpg') expect(set[`${A}ppo_epochs`]).toBe(1);
  if (mode === 'clip_cov' || mode === 'kl_cov') expect(set[`${A}use_dynamic_bsz`]).toBe(false);
  if (set['algorithm.adv_estimator'] === 'remax') expect(set['trainer.use_v1']).toBe(false);
}

describe('single algorithms', () => {
  const setOf = (trainer: TrainerId, change: Partial<RunConfig>) => {
    const run = runOf(change);
    return launchOf(mappingOf(trainer, run), run).set;
  };
  const A = 'actor_rollout_ref.actor.';

  test('grpo with a KL term', () => {
    const change = { algorithm: 'grpo', hyper: { kl_coef: 0.01 } };
    expect(setOf('verl', change)).toMatchObject({
      'algorithm.adv_estimator': 'grpo',
      'algorithm.norm_adv_by_std_in_grpo': true,
      [`${A}loss_agg_mode`]: 'seq-mean-token-mean',
      [`${A}use_kl_loss`]: true,
      [`${A}kl_loss_coef`]: 0.01,
      [`${A}kl_loss_type`]: 'low_var_kl',
      [`${A}clip_ratio_c`]: 3,
    });
    expect(setOf('trl', change)).toMatchObject({ loss_type: 'grpo', beta: 0.01, delta: 3, scale_rewards: 'group' });
  });

  test('an exchanged part maps as the part, not as the algorithm', () => {
    const change = { algorithm: 'grpo', parts: { advantage: 'leave_one_out', weighting: 'constant' } };
    expect(setOf('verl', change)).toMatchObject({
      'algorithm.adv_estimator': 'rloo',
      [`${A}loss_agg_mode`]: 'seq-mean-token-sum-norm',
      [`${A}loss_scale_factor`]: 2048,
    });
    expect(setOf('trl', change)).toMatchObject({ loss_type: 'dr_grpo', scale_rewards: 'none' });
  });

  test('dapo: four parts in verl, no dynamic sampling in TRL', () => {
    const { text } = fileOf('verl', defaultRun({ algorithm: 'dapo' }));
    expect(argumentsOf(text)).toEqual(
      expect.arrayContaining([
        'actor_rollout_ref.actor.clip_ratio_high=0.28',
        'algorithm.filter_groups.enable=True',
        'algorithm.filter_groups.metric=acc',
        'reward.reward_manager.name=dapo',
        '+reward.reward_kwargs.overlong_buffer_cfg.len=512',
      ]),
    );
    const trl = fileOf('trl', defaultRun({ algorithm: 'dapo' })).text;
    expect(trl).toContain('# part.source = dynamic_sampling: no counterpart. TRL has no dynamic sampling');
    expect(trl).toContain('get_soft_overlong_punishment(max_completion_len=2048, soft_punish_cache=512)');
  });

  test('icepop’s two bounds are no number to Hydra', () => {
    const { text } = fileOf(
      'verl',
      defaultRun({ algorithm: 'tis', parts: { correction: 'icepop' }, hyper: { weight_cap: 5 } }),
    );
    expect(text).toContain("rollout_is_threshold=0.5_5.0'");
  });

  test('what has no option says so and names who has it', () => {
    for (const [algorithm, where] of [
      ['luffy', 'ElliottYan/LUFFY'],
      ['nft', 'NVlabs/NFT'],
      ['flowrl', 'flowrl_actor.py'],
      ['ttrl', 'PRIME-RL/TTRL'],
    ]) {
      const { launch, text } = fileOf('verl', defaultRun({ algorithm }));
      expect(launch.set).toEqual({});
      expect(text).toContain('No built-in option of verl');
      expect(text).toContain(where);
    }
  });

  test('a default that differs from theirs is named, and the scripts parse', () => {
    const configs = Object.keys(registries.algorithms).map((algorithm) =>
      defaultRun({ algorithm, batch: { group_size: 16 } }),
    );
    const written = (trainer: TrainerId) => configs.map((config) => fileOf(trainer, config).text).join('\n');
    expect(written('verl')).toBe(written('verl'));
    const bash = spawnSync('bash', ['-n'], { input: written('verl'), encoding: 'utf8' });
    expect(bash.stderr + bash.status).toBe('0');
    const code = 'import ast,sys; ast.parse(sys.stdin.read())';
    const ensured = spawnSync('sh', ['scripts/ensure-safetensors.sh'], { encoding: 'utf8' });
    expect(ensured.status, ensured.stderr).toBe(0);
    const python = spawnSync(ensured.stdout.split('\n')[0], ['-c', code], { input: written('trl'), encoding: 'utf8' });
    expect(python.stderr + python.status).toBe('0');
    const { text } = fileOf('verl', defaultRun());
    expect(text).toMatch(/optim\.weight_decay=0' {2}# hyper\.weight_decay; verl’s default: 0\.01/);
    expect(fileOf('trl', defaultRun()).text).toMatch(/delta=3, {2}# hyper\.dual_clip; TRL’s default: None/);
  });
});

test('the table in the documentation is the mapping’s', () => {
  const path = fileURLToPath(new URL('../../docs/full-scale.md', import.meta.url));
  const [begin, end] = ['<!-- table -->\n', '<!-- end -->'];
  const page = readFileSync(path, 'utf8');
  // a new algorithm edits no existing file: it is in the table from the next time that this page is made
  const listed = (id: string) => process.env.UPDATE !== undefined || page.includes(`\`${id}\``);
  const ids = Object.keys(registries.algorithms).filter(listed);
  expect(ids.length).toBeGreaterThan(20);
  const runs = ids.map((algorithm) => runOf({ algorithm }));
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end);
  const table = `\n${fullScaleTable(runs)}\n`;
  // UPDATE=1 npx vitest run --project unit tests/unit/fullscale.test.ts
  if (process.env.UPDATE) writeFileSync(path, page.slice(0, from) + table + page.slice(to));
  else expect(page.slice(from, to)).toBe(table);
});
