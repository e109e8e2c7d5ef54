/** The columns of a metrics row, in the order in which the kernels write them, and how to read each. */
import type { Parts } from '../algorithms/algorithm.ts';
import type { MetricInfo } from './protocol.ts';

interface Column extends MetricInfo {
  /** whether this combination of parts computes the column; absent metrics are absent, never zero */
  is_present: (parts: Parts, has_ref_logp: boolean) => boolean;
}

const always = () => true;
const sampled = (parts: Parts) => !parts.source.needs?.includes('demonstrations');
const clips = (parts: Parts) => parts.stabiliser.hyper.clip_high !== undefined;
const ratios = (parts: Parts) => sampled(parts);
const valued = (parts: Parts) => parts.advantage.needs?.includes('value') === true;

const COLUMNS: readonly Column[] = [
  { id: 'reward_mean', label: 'Reward', unit: '', doc: 'mean reward of the rollout', is_present: sampled },
  {
    id: 'reward_std',
    label: 'Reward std',
    unit: '',
    doc: 'standard deviation of the reward over the rollout',
    is_present: sampled,
  },
  {
    id: 'entropy',
    label: 'Entropy',
    unit: 'nats',
    doc: 'mean entropy of the next-token distribution at the policy’s own tokens',
    is_present: always,
  },
  {
    id: 'loss',
    label: 'Loss',
    unit: '',
    doc: 'mean of the minibatch losses; only its gradient means something',
    is_present: always,
  },
  {
    id: 'grad_norm',
    label: 'Gradient norm',
    unit: '',
    doc: 'global norm of the last update’s gradient, before clipping',
    is_present: always,
  },
  {
    id: 'approx_kl',
    label: 'Approx. KL',
    unit: 'nats',
    doc: 'k1 estimate of KL(old ‖ new): mean of old_logp − logp',
    is_present: ratios,
  },
  {
    id: 'approx_kl_k3',
    label: 'Approx. KL, k3',
    unit: 'nats',
    doc: 'k3 estimate of KL(old ‖ new): mean of ratio − 1 − log ratio',
    is_present: ratios,
  },
  {
    id: 'clip_frac',
    label: 'Clip fraction',
    unit: '',
    doc: 'share of tokens whose ratio left the trust region in the advantage’s direction',
    is_present: clips,
  },
  {
    id: 'clip_frac_lower',
    label: 'Dual-clip fraction',
    unit: '',
    doc: 'share of tokens dropped by the dual clip',
    is_present: (p) => p.stabiliser.hyper.dual_clip !== undefined,
  },
  {
    id: 'kl_ref',
    label: 'KL to start',
    unit: 'nats',
    doc: 'the regulariser’s estimate of the KL divergence to the start policy',
    is_present: (p, ref) => ref && p.regulariser.id !== 'none',
  },
  {
    id: 'response_length',
    label: 'Response length',
    unit: 'tokens',
    doc: 'mean number of symbols per response',
    is_present: always,
  },
  {
    id: 'frac_reward_zero_std',
    label: 'Groups without spread',
    unit: '',
    doc: 'share of groups whose rewards are all equal, which teach a group baseline nothing',
    is_present: sampled,
  },
  {
    id: 'skipped_updates',
    label: 'Skipped updates',
    unit: '',
    doc: 'updates skipped so far because the gradient was not finite or the batch was empty',
    is_present: always,
  },
  {
    id: 'value_loss',
    label: 'Value loss',
    unit: '',
    doc: 'clipped squared error of the value head',
    is_present: valued,
  },
  {
    id: 'value_clip_frac',
    label: 'Value clip fraction',
    unit: '',
    doc: 'share of values outside the clipping window',
    is_present: valued,
  },
  {
    id: 'explained_variance',
    label: 'Explained variance',
    unit: '',
    doc: '1 − Var(return − value) / Var(return)',
    is_present: valued,
  },
  {
    id: 'accuracy',
    label: 'Accuracy',
    unit: '',
    doc: 'share of evaluation prompts solved by the greedy response; measured every eval_every steps',
    is_present: always,
  },
  {
    id: 'eval_reward',
    label: 'Evaluation reward',
    unit: '',
    doc: 'mean reward of the greedy responses to the evaluation prompts',
    is_present: always,
  },
];

/** Width of a metrics row. */
export const METRIC_COLUMNS = COLUMNS.length;

/** Column of a metric in the row. */
export function metricColumn(id: string): number {
  const i = COLUMNS.findIndex((c) => c.id === id);
  if (i < 0) throw new Error(`no metric column '${id}'; known: ${COLUMNS.map((c) => c.id).join(', ')}.`);
  return i;
}

/** Columns that hold a measurement only at the steps of an evaluation. */
export const EVALUATION_COLUMNS = [metricColumn('accuracy'), metricColumn('eval_reward')];

/** The metrics that a combination of parts computes, with their columns. */
export function metricsOf(
  parts: Parts,
  has_ref_logp: boolean,
  has_evaluation: boolean,
): { info: MetricInfo; column: number }[] {
  return COLUMNS.flatMap(({ is_present, ...info }, column) =>
    is_present(parts, has_ref_logp) && (has_evaluation || !EVALUATION_COLUMNS.includes(column))
      ? [{ info, column }]
      : [],
  );
}
