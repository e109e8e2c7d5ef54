/** The outside numbers: runs the cases of a fixture file on real kernels, and judges what comes out. */
import type { Executor } from '../engine/executor.ts';
import {
  CaseReader,
  type FixtureCase,
  type FixtureFile,
  isRecord,
  NoImplementation,
  type Values,
} from './fixtures/case.ts';
import * as demonstrationOps from './fixtures/demonstrationOps.ts';
import * as entropyOps from './fixtures/entropyOps.ts';
import * as logitOps from './fixtures/logitOps.ts';
import * as offPolicyOps from './fixtures/offPolicyOps.ts';
import * as outcomeOps from './fixtures/outcomeOps.ts';
import type { Adapter } from './fixtures/policyOps.ts';
import * as policyOps from './fixtures/policyOps.ts';
import * as searchOps from './fixtures/searchOps.ts';
import * as selectionOps from './fixtures/selectionOps.ts';
import * as valueOps from './fixtures/valueOps.ts';
import * as voteOps from './fixtures/voteOps.ts';

export { type FixtureCase, type FixtureFile, type FixtureReading, readFixtures } from './fixtures/case.ts';

/** op -> how the project's kernels answer it. */
const ADAPTERS: Record<string, Adapter> = {
  reinforce: policyOps.reinforce,
  returns_to_go: policyOps.returnsToGo,
  ppo_clip: policyOps.ppoClip,
  gae: valueOps.gae,
  value_loss: valueOps.valueLoss,
  kl_in_reward: valueOps.klInReward,
  ppo_full: valueOps.ppoFull,
  grpo: policyOps.grpo,
  grpo_kl: policyOps.grpoKl,
  'dr-grpo': policyOps.drGrpo,
  rloo: policyOps.rloo,
  rloo_sequence: policyOps.rlooSequence,
  sft_from_logp: policyOps.sftFromLogp,
  sft_from_logits: logitOps.sftFromLogits,
  aggregate: policyOps.aggregate,
  kl_tokens: policyOps.klTokens,
  kl_exact: logitOps.klExact,
  kl_gradients: logitOps.klGradients,
  entropy: logitOps.entropy,
  sequence_entropy: logitOps.sequenceEntropy,
  entropy_law_fit: entropyOps.entropyLawFit,
  entropy_covariance: entropyOps.entropyCovariance,
  batch_cov: entropyOps.batchCovariance,
  length_bias: valueOps.lengthBias,
  length_bias_value: valueOps.lengthBiasValue,
  ttrl: voteOps.ttrl,
  rlccf: voteOps.rlccf,
  pass_at_k: voteOps.passAtK,
  maj_at_n: voteOps.majAtN,
  format_share: voteOps.formatShare,
  ssrl_reward: searchOps.ssrlReward,
  information_mask_text: searchOps.informationMaskText,
  information_mask_tokens: searchOps.informationMaskTokens,
  'clip-cov': selectionOps.clipCov,
  'kl-cov': selectionOps.klCov,
  'entropy-advantage': selectionOps.entropyAdvantage,
  dapo: policyOps.groupOp('dapo', true, false),
  overlong_penalty: selectionOps.overlongPenalty,
  dynamic_sampling: selectionOps.dynamicSampling,
  dynamic_sampling_loop: selectionOps.dynamicSamplingLoop,
  group_filter: selectionOps.groupFilter,
  phase_selection: selectionOps.phaseSelection,
  'simplevla-rl': policyOps.groupOp('simplevla_rl', true, false),
  temperature_softmax: outcomeOps.temperatureSoftmax,
  'expert-iteration': selectionOps.expertIteration,
  gspo: outcomeOps.gspo,
  remax: outcomeOps.remax,
  reinforce_plus_plus: outcomeOps.reinforcePlusPlus,
  reinforce_plus_plus_baseline: outcomeOps.reinforcePlusPlusBaseline,
  reinforce_plus_plus_baseline_b: outcomeOps.reinforcePlusPlusBaseline,
  tis_weights: offPolicyOps.tisWeights,
  tis_loss: offPolicyOps.tisLoss,
  flowrl: offPolicyOps.flowrl,
  nft: offPolicyOps.nft,
  luffy: demonstrationOps.luffy,
  shaping: demonstrationOps.shaping,
  hpt_gate: demonstrationOps.hptGate,
  hpt_loss: demonstrationOps.hptLoss,
  unified_gradient: demonstrationOps.unifiedGradient,
};

/** The ops that have an adapter. */
export const FIXTURE_OPS: readonly string[] = Object.keys(ADAPTERS);

/** Largest |x − y| / (1 + |y|) that passes: f32 kernels, and f64 twins. */
export const FIXTURE_TOLERANCE = { webgpu: 1e-4, cpu: 1e-7 } as const;

/** One output of a case beside the fixture's. */
export interface OutputComparison {
  name: string;
  /** the largest |x − y| / (1 + |y|); NaN or Infinity where a number or a whole shape is missing */
  worst: number;
}

export interface Comparison {
  outputs: OutputComparison[];
  /** outputs of the case for which the project has no number */
  missing: string[];
  /** over all compared outputs; NaN when one is */
  worst: number;
}

export interface Verdict extends Comparison {
  status: 'ok' | 'wrong' | 'no_implementation';
  /** one sentence when the status is not 'ok' */
  note: string;
}

/** Runs one case; the outputs are named as in the file, nested ones with a dot between. Throws one sentence. */
async function runFixtureCase(
  executor: Executor,
  file: FixtureFile,
  c: FixtureCase,
): Promise<{ outputs: Record<string, Values> }> {
  const is_known = Object.hasOwn(ADAPTERS, c.op);
  if (c.problem && (is_known || c.op === '')) throw new Error(c.problem);
  if (!is_known)
    throw new NoImplementation(c.op === '' ? 'the case names no op' : `no implementation yet of op '${c.op}'`);
  return { outputs: await ADAPTERS[c.op](executor, new CaseReader(file, c)) };
}

/** The numbers of an output by name, nested objects flattened; undefined where something is no number. */
function flatten(outputs: Record<string, unknown>, prefix = ''): [string, unknown][] {
  return Object.entries(outputs).flatMap(([name, value]): [string, unknown][] => {
    const path = `${prefix}${name}`;
    return isRecord(value) ? flatten(value, `${path}.`) : [[path, value]];
  });
}

const worse = (a: number, b: number): number => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b));

/** −1 where nothing is defined, Infinity where shapes differ. */
function errorOf(got: unknown, wanted: unknown): number {
  if (wanted === null) return -1;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(got) || got.length !== wanted.length) return Number.POSITIVE_INFINITY;
    return wanted.reduce((worst: number, w, i) => worse(worst, errorOf(got[i], w)), -1);
  }
  if (typeof wanted === 'string') return got === wanted ? 0 : Number.POSITIVE_INFINITY;
  if (typeof got !== 'number' || (typeof wanted !== 'number' && typeof wanted !== 'boolean'))
    return Number.POSITIVE_INFINITY;
  const want = Number(wanted);
  if (!Number.isFinite(want)) return got === want ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(got - want) / (1 + Math.abs(want));
}

/** The worst error of every output of a case. */
function compareCase(c: FixtureCase, outputs: Record<string, Values>): Comparison {
  const out: Comparison = { outputs: [], missing: [], worst: 0 };
  for (const [name, wanted] of flatten(c.outputs)) {
    if (errorOf(wanted, wanted) < 0) continue; // null: not defined, not compared
    if (!Object.hasOwn(outputs, name)) {
      out.missing.push(name);
      continue;
    }
    const worst = errorOf(outputs[name], wanted);
    out.outputs.push({ name, worst });
    out.worst = worse(out.worst, worst);
  }
  return out;
}

/** Runs and judges one case; never throws. */
export async function judgeCase(executor: Executor, file: FixtureFile, c: FixtureCase): Promise<Verdict> {
  const nothing: Comparison = { outputs: [], missing: flatten(c.outputs).map(([name]) => name), worst: 0 };
  const tolerance = FIXTURE_TOLERANCE[executor.info.kind];
  try {
    const { outputs } = await runFixtureCase(executor, file, c);
    const found = compareCase(c, outputs);
    if (found.outputs.length === 0) {
      return {
        ...found,
        status: 'no_implementation',
        note: `no implementation yet of any output: ${found.missing.join(', ')}`,
      };
    }
    if (found.worst <= tolerance) return { ...found, status: 'ok', note: '' };
    const bad = found.outputs
      .filter((o) => !(o.worst <= tolerance))
      .map((o) => `'${o.name}' is off by ${show(o.worst)}`);
    return {
      ...found,
      status: 'wrong',
      note: `${file.stem}.json case '${c.name}' on ${executor.info.kind}: ${bad.join(', ')}, wanted at most ${show(tolerance)}.`,
    };
  } catch (error) {
    const note = (error as Error).message;
    return { ...nothing, status: error instanceof NoImplementation ? 'no_implementation' : 'wrong', note };
  }
}

const show = (x: number): string => (x === 0 ? '0' : Number.isFinite(x) ? x.toExponential(1) : String(x));
