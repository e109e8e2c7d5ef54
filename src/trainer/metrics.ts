/** The columns of a metrics row, in the order in which the kernels write them, and how to read each. */
import { type Parts, ROLES } from '../algorithms/algorithm.ts';
import { hasOwnReward, needs } from './needs.ts';
import type { MetricInfo } from './protocol.ts';

/** What decides whether a column is computed. */
export interface MetricContext {
  parts: Parts;
  has_ref_logp: boolean;
  has_evaluation: boolean;
  /** samples per prompt of an evaluation, 0 for none */
  eval_samples: number;
  /** the task's kinds of responses, and how many different correct responses a prompt has where that is known */
  kinds: readonly string[];
  num_correct: number | undefined;
  /** the entropy before and after each step's updates is measured */
  has_entropy_watch: boolean;
}

type Range = readonly [low: number, high: number];

interface Column extends MetricInfo {
  /** the values that the metric can have; absent: any */
  range?: Range;
  /** whether a run computes the column; absent metrics are absent, never zero */
  is_present: (context: MetricContext) => boolean;
  /** holds a measurement only at the steps of an evaluation */
  is_evaluated?: boolean;
}

const SHARE: Range = [0, 1];
const NOT_NEGATIVE: Range = [0, Number.POSITIVE_INFINITY];

const always = () => true;
const sampled = ({ parts }: MetricContext) => !needs(parts, 'no_samples');
const clips = ({ parts }: MetricContext) => parts.stabiliser.slots?.stable_mask?.file !== 'none';
const valued = ({ parts }: MetricContext) => needs(parts, 'value');
/** Written by a part's own dispatches. */
const ofPart =
  (id: string) =>
  ({ parts }: MetricContext) =>
    ROLES.some((role) => parts[role].metrics?.includes(id));

/** A column of the evaluation by samples. */
const bySamples = (
  id: string,
  label: string,
  doc: string,
  is_present: (context: MetricContext) => boolean = always,
  range: Range = SHARE,
): Column => ({
  id,
  label,
  unit: '',
  doc,
  range,
  is_evaluated: true,
  is_present: (c) => c.has_evaluation && c.eval_samples > 0 && is_present(c),
});

const passAt = (k: number): Column =>
  bySamples(
    `pass_at_${k}`,
    `Pass@${k}`,
    `share of evaluation prompts that at least one of ${k} samples solves, estimated without bias`,
    (c) => c.eval_samples >= k,
  );

const shareOfKind = (k: number): Column =>
  bySamples(
    `kind_share_${k}`,
    `Share of kind ${k}`,
    'share of the samples that are of this kind',
    (c) => c.kinds.length > k,
  );

const accuracyOfKind = (k: number): Column =>
  bySamples(
    `kind_accuracy_${k}`,
    `Accuracy of kind ${k}`,
    'share solved among the samples of this kind',
    (c) => c.kinds.length > k,
  );

const COLUMNS: readonly Column[] = [
  { id: 'reward_mean', label: 'Reward', unit: '', doc: 'mean reward of the rollout', is_present: sampled },
  {
    id: 'reward_std',
    label: 'Reward std',
    unit: '',
    doc: 'standard deviation of the reward over the rollout',
    range: NOT_NEGATIVE,
    is_present: sampled,
  },
  {
    id: 'entropy',
    label: 'Entropy',
    unit: 'nats',
    doc: 'mean entropy of the next-token distribution at the policy’s own tokens that are trained on',
    range: NOT_NEGATIVE,
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
    range: NOT_NEGATIVE,
    is_present: always,
  },
  {
    id: 'approx_kl',
    label: 'Approx. KL',
    unit: 'nats',
    doc: 'k1 estimate of KL(old ‖ new): mean of old_logp − logp',
    is_present: sampled,
  },
  {
    id: 'approx_kl_k3',
    label: 'Approx. KL, k3',
    unit: 'nats',
    doc: 'k3 estimate of KL(old ‖ new): mean of ratio − 1 − log ratio',
    range: NOT_NEGATIVE,
    is_present: sampled,
  },
  {
    id: 'approx_kl_k2',
    label: 'Approx. KL, k2',
    unit: 'nats',
    doc: 'k2 estimate of KL(old ‖ new): mean of half the squared log ratio',
    range: NOT_NEGATIVE,
    is_present: sampled,
  },
  {
    id: 'clip_frac',
    label: 'Clip fraction',
    unit: '',
    doc: 'share of tokens whose ratio left the trust region in the advantage’s direction',
    range: SHARE,
    is_present: clips,
  },
  {
    id: 'clip_frac_lower',
    label: 'Dual-clip fraction',
    unit: '',
    doc: 'share of tokens dropped by the dual clip',
    range: SHARE,
    is_present: ({ parts }) => parts.stabiliser.hyper.dual_clip !== undefined,
  },
  {
    id: 'kl_ref',
    label: 'KL to start',
    unit: 'nats',
    doc: 'the regulariser’s estimate of the KL divergence to the start policy',
    is_present: ({ parts, has_ref_logp }) =>
      has_ref_logp && parts.regulariser.needs?.some((need) => need.startsWith('ref_logp')) === true,
  },
  {
    id: 'response_length',
    label: 'Response length',
    unit: 'tokens',
    doc: 'mean number of symbols per response',
    range: NOT_NEGATIVE,
    is_present: always,
  },
  {
    id: 'frac_reward_zero_std',
    label: 'Groups without spread',
    unit: '',
    doc: 'share of groups whose rewards are all equal, which teach a group baseline nothing',
    range: SHARE,
    is_present: sampled,
  },
  {
    id: 'skipped_updates',
    label: 'Skipped updates',
    unit: '',
    doc: 'updates skipped so far because the gradient was not finite or the batch was empty',
    range: NOT_NEGATIVE,
    is_present: always,
  },
  {
    id: 'value_loss',
    label: 'Value loss',
    unit: '',
    doc: 'clipped squared error of the value head',
    range: NOT_NEGATIVE,
    is_present: valued,
  },
  {
    id: 'value_clip_frac',
    label: 'Value clip fraction',
    unit: '',
    doc: 'share of values outside the clipping window',
    range: SHARE,
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
    range: SHARE,
    is_evaluated: true,
    is_present: (c) => c.has_evaluation,
  },
  {
    id: 'eval_reward',
    label: 'Evaluation reward',
    unit: '',
    doc: 'mean reward of the greedy responses to the evaluation prompts',
    is_evaluated: true,
    is_present: (c) => c.has_evaluation,
  },
  {
    id: 'covariance',
    label: 'Covariance',
    unit: '',
    doc: 'covariance of advantage and log-probability over the sampled tokens; where it is positive, entropy falls',
    is_present: sampled,
  },
  {
    id: 'sampled_entropy',
    label: 'Sampled entropy',
    unit: 'nats',
    doc: 'minus the mean log-probability of the drawn tokens: an unbiased but noisy estimate of the entropy',
    is_present: sampled,
  },
  {
    id: 'true_reward',
    label: 'True reward',
    unit: '',
    doc: 'mean reward by the task’s own verifier, where the policy is trained on another one',
    is_present: ({ parts }) => hasOwnReward(parts),
  },
  {
    id: 'kept_groups',
    label: 'Kept groups',
    unit: '',
    doc: 'share of the drawn groups that the source keeps',
    range: SHARE,
    is_present: ofPart('kept_groups'),
  },
  {
    id: 'picked_frac',
    label: 'Picked tokens',
    unit: '',
    doc: 'share of tokens that the covariance singles out, in the last minibatch',
    range: SHARE,
    is_present: ofPart('picked_frac'),
  },
  {
    id: 'weight_mean',
    label: 'Sampler weight',
    unit: '',
    doc: 'mean importance weight of the samples against the policy that drew them, in the last minibatch',
    range: NOT_NEGATIVE,
    is_present: ofPart('weight_mean'),
  },
  {
    id: 'weight_high',
    label: 'Weights above the cap',
    unit: '',
    doc: 'share of sampler weights above the upper bound, before the cut',
    range: SHARE,
    is_present: ofPart('weight_mean'),
  },
  {
    id: 'weight_low',
    label: 'Weights below the bound',
    unit: '',
    doc: 'share of sampler weights below the lower bound, before the cut',
    range: SHARE,
    is_present: ofPart('weight_mean'),
  },
  {
    id: 'effective_sample_size',
    label: 'Effective sample size',
    unit: '',
    doc: 'of the sampler weights, as a share of the samples: 1 when all are equal',
    range: SHARE,
    is_present: ofPart('weight_mean'),
  },
  {
    id: 'label_accuracy',
    label: 'Label accuracy',
    unit: '',
    doc: 'share of groups whose voted label is the right answer',
    range: SHARE,
    is_present: ofPart('label_accuracy'),
  },
  {
    id: 'agreement',
    label: 'Agreement',
    unit: '',
    doc: 'share of the votes that the winning answer has, mean over groups',
    range: SHARE,
    is_present: ofPart('agreement'),
  },
  {
    id: 'reward_accuracy',
    label: 'Reward accuracy',
    unit: '',
    doc: 'share of the voted rewards that the verifier would have given too: may be high under wrong labels',
    range: SHARE,
    is_present: ofPart('reward_accuracy'),
  },
  {
    id: 'self_consistency',
    label: 'Self-consistency',
    unit: '',
    doc: 'share of a replica’s responses that give its own commonest answer, mean over groups',
    range: SHARE,
    is_present: ofPart('self_consistency'),
  },
  {
    id: 'demonstration_share',
    label: 'Demonstrations',
    unit: '',
    doc: 'share of the groups in which a demonstration takes part',
    range: SHARE,
    is_present: ofPart('demonstration_share'),
  },
  {
    id: 'log_z',
    label: 'log Z',
    unit: '',
    doc: 'mean of the learned log-partition function over the prompts of the last minibatch',
    is_present: ofPart('log_z'),
  },
  {
    id: 'entropy_change',
    label: 'Entropy change',
    unit: 'nats',
    doc: 'what the step’s updates did to the entropy at the states of its own tokens',
    is_present: (c) => c.has_entropy_watch,
  },
  {
    id: 'entropy_change_predicted',
    label: 'Entropy change, predicted',
    unit: 'nats',
    doc: 'minus the covariance of log π and the change of the logits, over all symbols of each state: the entropy change to first order',
    is_present: (c) => c.has_entropy_watch,
  },
  ...[1, 2, 4, 8, 16, 32, 64].map(passAt),
  bySamples('maj_at_n', 'Maj@n', 'share of evaluation prompts whose commonest answer is right'),
  bySamples(
    'distinct_correct',
    'Different correct',
    'different correct responses among the samples of a prompt',
    always,
    NOT_NEGATIVE,
  ),
  bySamples(
    'mode_coverage',
    'Mode coverage',
    'share of all correct responses of a prompt that are among its samples',
    (c) => c.num_correct !== undefined,
  ),
  ...[0, 1, 2, 3].map(shareOfKind),
  ...[0, 1, 2, 3].map(accuracyOfKind),
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
export const EVALUATION_COLUMNS = COLUMNS.flatMap((c, column) => (c.is_evaluated ? [column] : []));

/** Labels that name the kind itself. */
function named<I extends MetricInfo>(info: I, kinds: readonly string[]): I {
  const kind = /^kind_(share|accuracy)_(\d)$/.exec(info.id);
  if (!kind) return info;
  const name = kinds[Number(kind[2])];
  if (name === undefined) return info;
  return { ...info, label: kind[1] === 'share' ? `Share of ‘${name}’` : `Accuracy of ‘${name}’` };
}

/** A metric by its id, whatever run computes it: what it is called, and the values that it can have. */
export function metricNamed(id: string, kinds: readonly string[] = []): (MetricInfo & { range?: Range }) | undefined {
  const column = COLUMNS.find((c) => c.id === id);
  return column && named(column, kinds);
}

/** The metrics that a run computes, with their columns. */
export function metricsOf(context: MetricContext): { info: MetricInfo; column: number }[] {
  return COLUMNS.flatMap(({ is_present, is_evaluated: _, range: __, ...info }, column) =>
    is_present(context) ? [{ info: named(info, context.kinds), column }] : [],
  );
}
