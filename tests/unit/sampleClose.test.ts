/** The close look at a token: its factors multiply to the coefficient that the kernel wrote, for every algorithm. */

import { describe, expect, test } from 'vitest';
import { algorithms } from '../../src/algorithms/index.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { Run } from '../../src/trainer/run.ts';
import { readSample } from '../../src/trainer/sample.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

async function lookAfter(steps: number, wanted: RunConfig) {
  const run = await Run.open(new CpuExecutor(shaderLibrary, { slots: slotTwins() }), wanted);
  for (let k = 0; k < steps; k++) {
    run.submit();
    run.executor.seal();
    await run.take();
  }
  const groups = [];
  for (let b = 0; b < run.program.dims.prompt; b++) groups.push(await readSample(run, b, 0, undefined, true));
  return groups;
}

const HOME: Record<string, string> = { ssrl: 'self_search', concise_rl: 'say_symbol', noisy_verifier: 'two_forms' };

describe('every coefficient is the product of its factors', () => {
  test.each(Object.keys(algorithms))('%s', async (algorithm) => {
    const groups = await lookAfter(4, defaultRun({ algorithm, task: HOME[algorithm] ?? 'sum_to_target' }));
    let count = 0;
    for (const { responses } of groups) {
      for (const token of responses.flatMap((response) => response.tokens)) {
        if (!token.close) {
          expect(token.mask).toBe(0);
          continue;
        }
        const { weight, mask, importance, correction, advantage, likelihood, penalty } = token.close.factors;
        const product = weight * (mask * importance * correction * advantage * likelihood - penalty);
        if (token.coef !== 0 || Number.isFinite(product))
          expect(Math.abs(product - token.coef)).toBeLessThan(1e-5 + 3e-3 * Math.abs(token.coef));
        count++;
      }
    }
    expect(count).toBeGreaterThan(0);
  });
});

test('the probabilities before are those the token was drawn with, the ones after are the table’s', async () => {
  for (const batch of [{}, { entropy_watch: 1 }, { minibatches: 1 }] as Record<string, number>[]) {
    let count = 0;
    const groups = await lookAfter(3, defaultRun({ batch }));
    for (const { responses, symbols } of groups) {
      for (const token of responses.flatMap((response) => response.tokens)) {
        const { before, after } = token.close!;
        const symbol = symbols!.indexOf(token.symbol);
        expect(Math.log(before![symbol])).toBeCloseTo(token.logp, 4);
        for (const shares of [before!, after!]) expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
        count++;
      }
    }
    expect(count).toBe(8 * 8 * 4); // prompts, members, positions
  }
});

test('the table’s row and another forward pass give the same probabilities after', async () => {
  const [plain] = await lookAfter(3, defaultRun());
  const [watched] = await lookAfter(3, defaultRun({ batch: { entropy_watch: 1 } }));
  const after = ({ responses }: typeof plain) => responses.flatMap((r) => r.tokens.flatMap((t) => t.close!.after!));
  after(watched).forEach((p, i) => {
    expect(p).toBeCloseTo(after(plain)[i], 5);
  });
});

test('a network has no row to read: its probabilities after need the watch', async () => {
  const small = { policy: 'transformer', policy_settings: { layers: 1, width: 32 } };
  const [plain] = await lookAfter(1, defaultRun(small));
  expect(plain.responses[0].tokens[1].close!.after).toBeUndefined();
  expect(plain.responses[0].tokens[1].close!.before).toHaveLength(8);
  const [watched] = await lookAfter(1, defaultRun({ ...small, batch: { entropy_watch: 1 } }));
  expect(watched.responses[0].tokens[1].close!.after).toHaveLength(8);
});

test('without a close look nothing more is read', async () => {
  const run = await Run.open(new CpuExecutor(shaderLibrary, { slots: slotTwins() }), defaultRun());
  run.submit();
  const group = await readSample(run, 0, 0);
  expect(group.symbols).toBeUndefined();
  expect(group.responses[0].tokens[0].close).toBeUndefined();
});
