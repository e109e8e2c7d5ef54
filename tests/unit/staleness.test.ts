import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { partOf } from '../../src/algorithms/index.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import { play } from '../../src/trainer/fixtures/scene.ts';
import {
  countSteps,
  lossSteps,
  metric,
  packed,
  padded,
  partSteps,
  partsWith,
  STAT,
  tokenBatch,
  tokenColumn,
  unitSteps,
} from '../../src/trainer/fixtures/tokens.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

const cpu = () => new CpuExecutor(shaderLibrary, { precision: 'f64', slots: slotTwins() });

const configOf = (algorithm: string, staleness: number, more: Partial<RunConfig> = {}): RunConfig =>
  defaultRun({
    algorithm,
    task_settings: { num_prompts: 4 },
    hyper: { learning_rate: 0.1 },
    seed: 5,
    ...more,
    batch: { prompts: 4, group_size: 4, minibatches: 2, replicas: 2, eval_every: 0, staleness },
  });

/** Every step's weights before it, and what its rollout left behind. */
async function trace(config: RunConfig, steps: number) {
  const executor = cpu();
  const run = await Run.open(executor, config);
  const out = [];
  for (let s = 0; s < steps; s++) {
    const { params, clock } = await executor.read(['params', 'clock']);
    await run.advance(1);
    const after = await executor.read(['tokens', 'recorded', 'prompt_index']);
    out.push({
      ...{ params: Float64Array.from(params), clock: Uint32Array.from(clock) },
      ...{ tokens: Array.from(after.tokens), recorded: Array.from(after.recorded) },
      prompt_index: Array.from(after.prompt_index),
    });
  }
  return { steps: out, run, executor };
}
const column = (recorded: readonly number[], k: number): number[] => recorded.filter((_, i) => i % 4 === k);

describe('a rollout that is k steps late', () => {
  test.for([1, 3])('k = %i: the weights of step max(0, s − k) draw it, bit for bit', async (staleness) => {
    const late = await trace(configOf('grpo', staleness), 6);
    for (const [s, step] of late.steps.entries()) {
      // a run that is never late, set to the old weights and the present clock
      const executor = cpu();
      const fresh = await Run.open(executor, configOf('grpo', 0));
      executor.write('params', late.steps[Math.max(0, s - staleness)].params);
      executor.write('clock', step.clock);
      await fresh.advance(1);
      const { tokens, recorded } = await executor.read(['tokens', 'recorded']);
      expect(Array.from(tokens), `tokens of step ${s}`).toEqual(step.tokens);
      expect(column(Array.from(recorded), 0), `sampler_logp of step ${s}`).toEqual(column(step.recorded, 0));
    }
  });

  test('the old policy is the present one', async () => {
    const { steps, run } = await trace(configOf('grpo', 2), 8);
    const { prompt_count, position, position_stride, vocab, logit_column, sequence, member, context, param } =
      run.program.dims;
    expect(param).toBe(prompt_count * position * vocab * logit_column);
    let moved = 0;
    for (const [s, { params, tokens, recorded, prompt_index }] of steps.entries()) {
      for (let i = 0; i < 2 * sequence; i++) {
        const symbols = tokens.slice(i * context, (i + 1) * context);
        const response = symbols.slice(context - position);
        const prompt = prompt_index[Math.floor(i / member)];
        for (let t = 0; t < position; t++) {
          const previous = symbols[context - position + t - 1]; // before the first symbol, the prompt's last
          const row = ((prompt * position + t) * vocab + previous) * logit_column;
          const replica = Math.floor(i / sequence) * param;
          const logits = params.slice(replica + row, replica + row + vocab);
          const logp = logits[response[t]] - Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
          const [sampler_logp, old_logp] = recorded.slice((i * position_stride + t) * 4);
          expect(old_logp).toBeCloseTo(logp, 12);
          if (Math.abs(sampler_logp - old_logp) > 1e-6) moved++;
        }
      }
      if (s === 0) expect(moved).toBe(0);
    }
    expect(moved).toBeGreaterThan(100);
  });

  test.each([
    ['none', 'the present weights’'],
    ['sampler_ratio', 'the sampler’s, as its log-probabilities are'],
  ])('with the correction %s the critic’s old values are %s', async (correction) => {
    const executor = cpu();
    const run = await Run.open(executor, configOf('ppo', 2, { parts: { correction } }));
    const { position, position_stride, vocab, logit_column, sequence, member, context, param } = run.program.dims;
    const weights: Float64Array[] = [];
    for (let step = 0; step < 4; step++) {
      weights.push(Float64Array.from((await executor.read(['params'])).params));
      await run.advance(1);
    }
    const { values, tokens, prompt_index } = await executor.read(['values', 'tokens', 'prompt_index']);
    const [lagging, present] = [weights[1], weights[3]];
    let moved = 0;
    for (let i = 0; i < 2 * sequence; i++) {
      for (let t = 0; t < position; t++) {
        const previous = tokens[i * context + context - position + t - 1];
        const row = (prompt_index[Math.floor(i / member)] * position + t) * vocab + previous;
        const at = Math.floor(i / sequence) * param + row * logit_column + vocab;
        expect(values[i * position_stride + t]).toBe((correction === 'none' ? present : lagging)[at]);
        if (present[at] !== lagging[at]) moved++;
      }
    }
    expect(moved).toBeGreaterThan(20);
  });

  test('with the sampler as the old policy it stays the sampler’s', async () => {
    const { steps } = await trace(configOf('grpo', 2, { parts: { correction: 'sampler_ratio' } }), 4);
    for (const { recorded } of steps) expect(column(recorded, 1)).toEqual(column(recorded, 0));
  });

  test('a correction changes nothing where nothing is late', async () => {
    const weights = async (correction: string, staleness: number) => {
      const { executor } = await trace(configOf('grpo', staleness, { parts: { correction } }), 4);
      return Array.from((await executor.read(['params'])).params);
    };
    const plain = await weights('none', 0);
    for (const id of ['tis_token', 'tis_sequence', 'icepop', 'sampler_ratio'])
      expect(await weights(id, 0), id).toEqual(plain);
    const late = await weights('none', 3);
    for (const id of ['tis_token', 'tis_sequence', 'icepop', 'sampler_ratio'])
      expect(await weights(id, 3), id).not.toEqual(late);
  });
});

describe('a correction weighs the reported loss as it weighs the gradient', () => {
  test.each(['grpo', 'nft', 'luffy', 'flowrl'])('%s', async (algorithm) => {
    const [members, tokens] = [2, 3];
    const batch = tokenBatch(
      Array.from({ length: 4 }, () => Array.from({ length: tokens }, () => 1)),
      members,
    );
    const per_token = (f: (s: number, t: number) => number) =>
      Array.from({ length: 4 }, (_, s) => Array.from({ length: tokens }, (__, t) => f(s, t)));
    const recorded = packed(batch, [
      per_token((s, t) => -1 - 0.2 * s + 0.1 * t),
      per_token((s) => -1 - 0.1 * s),
      per_token(() => -1),
      // the last response is a demonstration
      per_token((s) => (s === 3 ? 1 : 0)),
    ]);
    const stats = async (correction: string) => {
      const parts = partsWith(algorithm, {
        correction: partOf('correction', correction),
        regulariser: partOf('regulariser', 'none'),
      });
      const out = await play(cpu(), {
        id: 'corrected loss',
        dims: { ...batch.dims, total_member: members },
        hyper: [{ entropy_coef: 0, normalise_weights: 1, weight_cap: 4, nft_floor: 0.1 }],
        host: {
          ...batch.host,
          now: packed(batch, [per_token((s, t) => -1.1 + 0.05 * t - 0.1 * s), undefined, undefined, batch.mask]),
          recorded,
          advantage: Float64Array.of(0.5, -0.5, 0.75, 0.25),
          verdicts: Float64Array.of(1, 0, 1, 0),
        },
        steps: [
          ...countSteps,
          ...partSteps(partsWith('grpo', { correction: parts.correction }), 'update'),
          { kernel: 'group_success', over: ['replica', 'sequence'], bind: { rewards: 'verdicts' } },
          ...lossSteps(parts),
        ],
      });
      return out.token_stat;
    };
    const [plain, corrected] = [await stats('none'), await stats('tis_token')];
    let weighed = 0;
    for (let o = 0; o < plain.length; o += 8) {
      const [coef, loss] = [plain[o + STAT.coef], plain[o + STAT.loss]];
      if (coef === 0 || loss === 0) continue;
      const weight = corrected[o + STAT.coef] / coef;
      expect(corrected[o + STAT.loss] / loss).toBeCloseTo(weight, 10);
      if (Math.abs(weight - 1) > 0.01) weighed++;
    }
    expect(weighed).toBeGreaterThan(3);
  });
});

/** Numbers of the decoupled loss that another library's rules gave. */
describe('the decoupled loss', () => {
  const path = fileURLToPath(new URL('../fixtures/async-staleness.json', import.meta.url));
  const { cases } = JSON.parse(readFileSync(path, 'utf8'));
  const { input, output } = cases.find((c: { name: string }) => c.name === 'decoupled loss');
  const batch = tokenBatch(input.mask);

  const choices: Record<string, (cap: number) => { correction: string; hyper: Record<string, number> }> = {
    off: () => ({ correction: 'none', hyper: {} }),
    clamp: (weight_cap) => ({ correction: 'tis_token', hyper: { weight_cap, weight_low: 0 } }),
    mask: (weight_cap) => ({ correction: 'icepop', hyper: { weight_cap, weight_low: 1e-9 } }),
    naive: () => ({ correction: 'sampler_ratio', hyper: {} }),
  };

  // biome-ignore lint/suspicious/noExplicitAny: rows of a JSON file
  test.for(output.variants as any[])('$mode, cap $cap', async (variant) => {
    const mode = variant.mode.split(' ')[0];
    const { correction, hyper } = choices[mode](variant.cap);
    const parts = partsWith('grpo', {
      correction: partOf('correction', correction),
      regulariser: partOf('regulariser', 'none'),
      weighting: partOf('weighting', 'token_mean'),
    });
    // 'sampler_ratio' leaves the sampler's log-probabilities in the place of the old ones
    const old_logp = mode === 'naive' ? input.logp_behave : input.logp_prox;
    const out = await play(cpu(), {
      id: 'decoupled loss',
      dims: { ...batch.dims, advantage_stride: batch.dims.position_stride },
      hyper: [{ clip_low: input.eps, clip_high: input.eps, dual_clip: 1e30, ...hyper }],
      host: {
        ...batch.host,
        now: packed(batch, [input.logp_theta, undefined, undefined, input.mask]),
        recorded: packed(batch, [input.logp_behave, old_logp]),
        advantage: padded(batch, input.advantages),
        ones: new Float64Array(batch.dims.sequence * batch.dims.position_stride).fill(1),
      },
      steps: [
        ...countSteps,
        ...partSteps(parts, 'update'),
        ...lossSteps(parts),
        ...unitSteps({ ...parts, stabiliser: partOf('stabiliser', 'none') }, 'ones', 'weight_'),
      ],
    });
    const near = (got: number[][], wanted: number[][]) => {
      for (const [i, x] of got.flat().entries()) expect(x).toBeCloseTo(wanted.flat()[i], 6);
    };
    expect(metric(out.metrics, 'loss')).toBeCloseTo(variant.loss, 6);
    near(tokenColumn(batch, out.token_gradient, 2, 0), variant.dloss_dlogp);
    if (variant.weight) near(tokenColumn(batch, out.weight_token_stat, 8, STAT.coef), variant.weight);
  });

  test('lags grow to the setting', async () => {
    const { rows } = cases.find((c: { name: string }) => c.name.startsWith('fixed-lag')).output;
    for (const { lag_setting, trained_batch_lags } of rows) {
      const late = await trace(configOf('grpo', lag_setting), trained_batch_lags.length);
      const { param } = late.run.program.dims;
      for (const [s, lag] of trained_batch_lags.entries()) {
        if (lag_setting === 0) continue;
        // the weights that drew step s are read while they are still in their place
        const again = await trace(configOf('grpo', lag_setting), s + 1);
        const { sampler_params } = await again.executor.read(['sampler_params']);
        expect(Array.from(sampler_params.slice(0, param))).toEqual(
          Array.from(late.steps[s - lag].params.slice(0, param)),
        );
      }
    }
  });
});
