/** Builds the programs that judge a policy beside its training: greedy responses, and many samples per prompt. */
import type { Dispatch, Program } from '../engine/program.ts';
import type { Batch } from '../policies/policy.ts';
import {
  commonDims,
  DRAW,
  drawPrompts,
  f32,
  prune,
  renameBuffers,
  rolloutBuffers,
  rolloutSteps,
  score,
} from './fragments.ts';
import { metricColumn } from './metrics.ts';
import { type StepPlan, slotsFor } from './plan.ts';

/** Buffers that an evaluation shares with the training program. */
const SHARED = new Set(['hypers', 'clock', 'prompt_table', 'params', 'metrics']);

/** Rollout and verifier on `prompts` prompts from `first` on, `members` responses each, then `report`. */
function judge(
  plan: StepPlan,
  id: string,
  first: number,
  prompts: number,
  members: number,
  draw: number,
  report: Dispatch[],
): Program {
  const { instance, policy, batch: settings } = plan;
  const batch: Batch = {
    prefix: 'rollout_',
    prompt: prompts,
    member: members,
    total_sequence: prompts * members,
    group: prompts,
    total_member: members,
    tokens: 'tokens',
    prompt_index: 'prompt_index',
  };
  const rollout = rolloutSteps(plan, policy, batch, draw, false);
  const program = prune({
    id,
    dims: {
      ...commonDims(instance, prompts, members, settings.replicas),
      ...policy.dims,
      hyper: plan.hyper.length,
      first_prompt: first,
      ...rollout.dims,
    },
    buffers: {
      ...rolloutBuffers(),
      ...rollout.buffers,
      prompt_stat: f32(
        ['replica', 'prompt', 4],
        'correct samples, whether the commonest answer is right, different correct responses, 0',
      ),
    },
    hyper: plan.hyper,
    steps: [drawPrompts('in_order'), ...rollout.steps, score(plan), ...report],
  });
  return renameBuffers(program, (name) => (SHARED.has(name) ? name : `${id}_${name}`));
}

/** The program of one greedy evaluation: `prompts` prompts from `first` on, one response each. */
export const buildEvaluation = (plan: StepPlan, first: number, prompts: number): Program =>
  judge(plan, 'eval', first, prompts, 1, DRAW.greedy, [
    {
      kernel: 'evaluate_metrics',
      over: ['replica', 64],
      at: { column: metricColumn('accuracy') },
      note: 'share solved',
    },
  ]);

/** The program of one evaluation by `samples` samples per prompt at temperature 1: pass@k, votes, diversity, kinds. */
export const buildSampling = (plan: StepPlan, first: number, prompts: number, samples: number): Program =>
  judge(plan, 'samples', first, prompts, samples, DRAW.evaluate, [
    { kernel: 'extract_answers', over: ['replica', 'sequence'], slots: slotsFor(plan, 'extract_answers') },
    { kernel: 'classify_responses', over: ['replica', 'sequence'], slots: slotsFor(plan, 'classify_responses') },
    { kernel: 'prompt_statistics', over: ['replica', 'prompt'], note: 'what the samples of a prompt have in common' },
    {
      kernel: 'sample_metrics',
      over: ['replica', 64],
      at: { column: metricColumn('pass_at_1') },
      note: 'pass@k, maj@n, different correct responses',
    },
    { kernel: 'kind_metrics', over: ['replica', 64], at: { column: metricColumn('kind_share_0') } },
  ]);
