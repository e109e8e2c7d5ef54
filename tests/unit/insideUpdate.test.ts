/** The stages of one update, in sentences and numbers, for every algorithm. */

import katex from 'katex';
import { describe, expect, test } from 'vitest';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { runningParts } from '../../src/state/about.ts';
import {
  alternativesAt,
  groupRows,
  groupStatistics,
  hardestPushed,
  putIn,
  STAGES,
  stagesOf,
  texNumber,
} from '../../src/state/insideUpdate.ts';
import { registries } from '../../src/state/registries.ts';
import { sourcesOf } from '../../src/state/sources.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { RunConfig, SampleGroup } from '../../src/trainer/protocol.ts';
import { Run } from '../../src/trainer/run.ts';
import { readSample } from '../../src/trainer/sample.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

async function groupsOf(change: Partial<RunConfig>, steps = 3) {
  const config = defaultRun(change);
  const run = await Run.open(new CpuExecutor(shaderLibrary, { slots: slotTwins() }), config);
  for (let k = 0; k < steps; k++) {
    run.submit();
    run.executor.seal();
    await run.take();
  }
  const groups: SampleGroup[] = [];
  for (let b = 0; b < run.program.dims.prompt; b++) groups.push(await readSample(run, b, 0, undefined, true));
  return { config, groups };
}
const HOME: Record<string, string> = { ssrl: 'self_search', concise_rl: 'say_symbol', noisy_verifier: 'two_forms' };

/** The first token of a group for which something holds. */
function find(groups: SampleGroup[], fits: (token: SampleGroup['responses'][0]['tokens'][0]) => boolean) {
  for (const group of groups)
    for (const [response, { tokens }] of group.responses.entries())
      for (const [token, one] of tokens.entries()) if (fits(one)) return { group, place: { response, token } };
  throw new Error('no such token');
}
const sentenceOf = (stages: ReturnType<typeof stagesOf>, id: (typeof STAGES)[number]) =>
  stages.find((stage) => stage.id === id)!.sentence;

describe('every algorithm', () => {
  test.each(Object.keys(registries.algorithms))(
    '%s: nine stages, each with a sentence, formulas and its code',
    async (id) => {
      const { config, groups } = await groupsOf({ algorithm: id, task: HOME[id] ?? 'sum_to_target' });
      const keys = sourcesOf(runningParts(registries, config)!).map(({ key }) => key);
      for (const group of groups.slice(0, 3)) {
        const stages = stagesOf(registries, config, group, hardestPushed(group));
        expect(stages.map((stage) => stage.id)).toEqual([...STAGES]);
        for (const { sentence, formulas, source, id: stage } of stages) {
          expect(sentence, stage).toMatch(/[.!?]$/);
          expect(sentence, stage).not.toMatch(/NaN|undefined|Infinity/);
          expect(formulas.length, stage).toBeGreaterThan(0);
          for (const tex of formulas)
            expect(() => katex.renderToString(tex, { throwOnError: true, strict: 'ignore' }), tex).not.toThrow();
          expect(keys, stage).toContain(source);
        }
      }
    },
  );
});

test('GRPO’s numbers are put into its formula and multiply to the coefficient', async () => {
  const { config, groups } = await groupsOf({});
  const { group, place } = find(groups, (token) => token.coef > 0);
  const stages = stagesOf(registries, config, group, place);
  const { mean, std_dev } = groupStatistics(group.responses);
  const { advantage } = group.responses[place.response].tokens[place.token];
  expect((1 - mean) / (std_dev + 1e-6)).toBeCloseTo(advantage, 4);
  expect(stages[3].formulas[1]).toBe(
    String.raw`\hat A_{${place.response + 1}}=\frac{1.00-${texNumber(mean)}}{${texNumber(std_dev)}+1.00\cdot10^{-6}}=${texNumber(advantage)}`,
  );
  expect(sentenceOf(stages, 'coef')).toContain('likelier');
  expect(sentenceOf(stages, 'policy')).toMatch(/has (probability|kept its probability of) [\d.]+/);
  const rows = groupRows(group, place);
  expect(rows).toHaveLength(8);
  expect(rows[place.response].cells).toMatchObject({ reward: '1.00', mask: 'counts' });
});

test('the pushes on the logits of a place sum to 0, and the taken symbol is among those shown', async () => {
  const { groups } = await groupsOf({});
  const { group, place } = find(groups, (token) => token.coef !== 0);
  const all = alternativesAt(group, place, 100);
  expect(all.reduce((sum, { push }) => sum + push, 0)).toBeCloseTo(0, 6);
  expect(all.filter(({ is_taken }) => is_taken)).toHaveLength(1);
  expect(alternativesAt(group, place, 2).some(({ is_taken }) => is_taken)).toBe(true);
  expect(alternativesAt(group, place, 2)).toHaveLength(2);
});

test('an advantage that counts right responses shows their share, not the mean of graded rewards', async () => {
  const { config, groups } = await groupsOf(
    { algorithm: 'nft', task: 'sort', task_settings: { num_items: 3, vocab: 3 } },
    6,
  );
  const mixed = groups.find(
    ({ responses }) =>
      responses.some((one) => one.is_right) && responses.some(({ reward }) => reward > 0 && reward < 1),
  )!;
  const right = mixed.responses.filter(({ is_right, reward }) => is_right && reward === 1).length;
  const baseline = stagesOf(registries, config, mixed, hardestPushed(mixed)).find(({ id }) => id === 'baseline')!;
  expect(baseline.sentence).toContain(`: ${right} of ${mixed.responses.length}.`);
  expect(baseline.formulas).toEqual([
    String.raw`r_q=\frac{${right}}{${mixed.responses.length}}=${texNumber(right / mixed.responses.length)}`,
  ]);
  expect(groupStatistics(mixed.responses).mean).toBeGreaterThan(right / mixed.responses.length);
});

test('a token without a push says why', async () => {
  const clipped = await groupsOf({ batch: { epochs: 8 } }, 1);
  const dropped = find(clipped.groups, (token) => token.clipped);
  let stages = stagesOf(registries, clipped.config, dropped.group, dropped.place);
  expect(sentenceOf(stages, 'mask')).toMatch(
    /^Clipped: the ratio [\d.]+ has already left the range from 0.800 to 1.20/,
  );
  expect(sentenceOf(stages, 'coef')).toContain('its mask is 0');

  const picked = await groupsOf({ algorithm: 'clip_cov' }, 12);
  const chosen = find(picked.groups, (token) => token.close?.is_picked === true && token.close.factors.mask === 0);
  stages = stagesOf(registries, picked.config, chosen.group, chosen.place);
  expect(sentenceOf(stages, 'mask')).toContain('singled it out');

  const flat = find(clipped.groups, (token) => token.advantage === 0);
  stages = stagesOf(registries, clipped.config, flat.group, flat.place);
  expect(sentenceOf(stages, 'baseline')).toContain('All rewards are equal');
  expect(sentenceOf(stages, 'coef')).toContain('its advantage is 0');

  const game = await groupsOf({ task: 'guess_number' });
  const masked = find(game.groups, (token) => token.mask === 0);
  stages = stagesOf(registries, game.config, masked.group, masked.place);
  expect(sentenceOf(stages, 'sample')).toContain('The task wrote this token');
  expect(sentenceOf(stages, 'gradient')).toMatch(/^Left out\./);
});

test('demonstrations, advantages per token and networks have their own words', async () => {
  const sft = await groupsOf({ algorithm: 'sft' });
  let stages = stagesOf(registries, sft.config, sft.groups[0], { response: 0, token: 1 });
  expect(sentenceOf(stages, 'sample')).toContain('solver wrote');
  expect(sentenceOf(stages, 'ratio')).toContain('demonstration');
  expect(sentenceOf(stages, 'baseline')).toContain('does not compare with the group');

  const ppo = await groupsOf({ algorithm: 'ppo' });
  stages = stagesOf(registries, ppo.config, ppo.groups[0], { response: 1, token: 2 });
  expect(sentenceOf(stages, 'advantage')).toMatch(/^Every token has its own advantage/);
  expect(stages[3].formulas[1]).toContain(String.raw`\hat A_{2,3}=`);

  const net = { policy: 'transformer', policy_settings: { layers: 1, width: 32 } };
  const small = await groupsOf(net, 1);
  stages = stagesOf(registries, small.config, small.groups[0], { response: 0, token: 0 });
  expect(sentenceOf(stages, 'policy')).toContain('entropy watch');
});

test('numbers are put in only where every symbol has one', () => {
  expect(putIn(String.raw`\hat A_i=R_i-\mu_g`, { R_i: 1, '\\mu_g': -0.5 })).toBe('1.00-(-0.500)');
  expect(putIn(String.raw`\hat A_i=R_i-b`, { R_i: 1 })).toBeUndefined();
  expect(putIn(String.raw`\hat A\equiv1`, {})).toBeUndefined();
  expect(texNumber(1e-6)).toBe(String.raw`1.00\cdot10^{-6}`);
  expect(texNumber(-0.25)).toBe('-0.250');
});
