/** Ours to TRL's `GRPOTrainer` and, for what only it has, `RLOOTrainer`. */
import {
  type FullScaleRun,
  LENGTH,
  type Mapping,
  promptsOf,
  type Rule,
  rowsPerUpdate,
  STEPS,
  updatesOf,
  type Values,
} from './launch.ts';
import {
  none,
  OUTSIDE,
  ofRatio,
  ofSample,
  publishedRate,
  refused,
  SEQUENCE_CLIP,
  same,
  sequenceClip,
  taken,
  WIDE,
} from './rules.ts';
import { GRPO_KEYS, RLOO_KEYS, TRL_BASE } from './trlKeys.ts';

const MOST_ROWS = 4; // of one pass through the model on one process

const BASE: Values = {
  ...TRL_BASE,
  gradient_accumulation_steps: 4,
  steps_per_generation: 16,
  num_iterations: 1,
  num_generations: 8,
  max_steps: STEPS,
  shuffle_dataset: true,
  remove_unused_columns: false,
  max_completion_length: LENGTH,
  temperature: 1,
  top_p: 1,
  top_k: 0,
  repetition_penalty: 1,
  beta: 0,
  use_bias_correction_kl: false,
  epsilon: 0.2,
  epsilon_high: 0.2,
  delta: null,
  loss_type: 'dapo',
  scale_rewards: 'group',
  importance_sampling_level: 'token',
  mask_truncated_completions: false,
  top_entropy_quantile: 1,
  entropy_coef: 0,
  use_liger_kernel: false,
  use_vllm: true,
  vllm_mode: 'colocate',
  vllm_importance_sampling_correction: false,
};

/** True where only `RLOOTrainer` has the combination: whole-response ratios with leave-one-out, or whitening over the batch. */
export const isRloo = ({ parts }: FullScaleRun): boolean =>
  (parts.advantage === 'leave_one_out' && parts.stabiliser === 'sequence_clip') ||
  parts.advantage === 'whitened_return';

const corrected =
  (mode: string): Rule =>
  () =>
    same({ vllm_importance_sampling_correction: true, vllm_importance_sampling_mode: mode });
const weighting =
  (loss_type: string, text?: string): Rule =>
  () =>
    text ? { kind: 'approximate', set: { loss_type }, text } : same({ loss_type });
const K3_ONLY = 'GRPOTrainer charges k3 alone; choose it, or set kl_coef to 0.';
const otherKl: Rule = ({ hyper }) => (hyper.kl_coef > 0 ? { kind: 'none', refuse: K3_ONLY } : same({ beta: 0 }));

const PARTS: Record<string, Rule> = {
  'source/on_policy': () => same(),
  'source/dynamic_sampling': none(
    'TRL has no dynamic sampling: groups without spread stay in the batch and weigh nothing.',
  ),
  'source/prompt_subset': none('A data file with only those prompts does the same.'),
  'source/rejection_sampling': refused(
    'Keeping right responses and imitating them is a loop around SFTTrainer, no option.',
  ),
  'source/accuracy_window': refused('TRL leaves no groups out.'),
  'reward/verifier': none('The verifier becomes your reward function.'),
  'reward/signed': none('Let the reward function return 1 and −1.'),
  'reward/noisy_verifier': none('No option adds mistakes; write them into the reward function.'),
  'reward/overlong': ({ hyper }) => ({
    kind: 'replaced',
    set: { reward_weights: [1, hyper.overlong_factor] },
    text: 'TRL’s get_soft_overlong_punishment is a second reward function; a quarter of the longest response is its buffer.',
  }),
  'reward/majority_vote': none(
    'Write the vote into the reward function: it sees whole groups as the batch is cut here.',
  ),
  'reward/collective_vote': refused('TRL trains one policy; there are no others to vote.'),
  'advantage/group_standardised': () => same({ scale_rewards: 'group' }),
  'advantage/group_centred': () => same({ scale_rewards: 'none' }),
  'advantage/leave_one_out': (run) =>
    isRloo(run)
      ? same({ normalize_advantages: false })
      : {
          kind: 'approximate',
          set: { scale_rewards: 'none' },
          text: 'The group’s mean instead of the others’: the same up to the factor (G − 1)/G. RLOOTrainer has the others’ mean, with the ratio of whole responses.',
        },
  'advantage/group_centred_whitened': () => ({
    kind: 'approximate',
    set: { scale_rewards: 'batch' },
    text: 'TRL divides by the standard deviation of the rewards over responses, not of the advantages over tokens.',
  }),
  'advantage/whitened_return': () => ({
    kind: 'approximate',
    set: { normalize_advantages: true },
    text: 'RLOOTrainer with normalised advantages is TRL’s own suggestion: leave-one-out, then whitened over responses; ratios of whole responses.',
  }),
  'advantage/return_minus_baseline': refused('TRL has no baseline that does not look at the group.'),
  'advantage/greedy_baseline': refused('TRL draws no greedy response for a baseline.'),
  'advantage/gae': refused('TRL 1.13.0 has no trainer with a critic.'),
  'advantage/gae_plain': refused('TRL 1.13.0 has no trainer with a critic.'),
  'stabiliser/ppo_clip': (run) => ofRatio(run, same()),
  'stabiliser/plain_clip': (run) => ofRatio(run, same({ delta: null })),
  'stabiliser/mean_sequence_clip': (run) => ofRatio(run, same({ importance_sampling_level: 'sequence' })),
  'stabiliser/sequence_clip': (run) =>
    isRloo(run)
      ? ofRatio(run, same())
      : {
          kind: 'none',
          refuse:
            'GRPOTrainer has no clip on the whole response’s ratio without length normalisation; RLOOTrainer has, with the advantage leave_one_out.',
        },
  'stabiliser/cispo': (run) =>
    run.parts.weighting === 'token_mean'
      ? ofRatio(run, same({ loss_type: 'cispo' }))
      : { kind: 'none', refuse: 'TRL’s cispo always weighs by the token mean; choose that weighting.' },
  'stabiliser/old_ratio': (run) =>
    ofRatio(run, {
      kind: 'approximate',
      set: { epsilon: 1, epsilon_high: WIDE, delta: null },
      text: 'TRL cannot switch its clip off; the bounds are set where no ratio comes.',
    }),
  'stabiliser/clip_cov': refused('TRL has no Clip-Cov; verl has.'),
  'stabiliser/none': refused('TRL has no loss without a ratio.'),
  'correction/none': () => same({ vllm_importance_sampling_correction: false }),
  'correction/tis_token': corrected('token_truncate'),
  'correction/tis_sequence': corrected('sequence_truncate'),
  'correction/icepop': corrected('token_mask'),
  'likelihood/plain': () => same(),
  'regulariser/none': () => same({ beta: 0 }),
  'regulariser/kl_k3': ({ hyper }) => same({ beta: hyper.kl_coef, use_bias_correction_kl: false }),
  'regulariser/kl_k1': otherKl,
  'regulariser/kl_k2': otherKl,
  'regulariser/kl_abs': otherKl,
  'regulariser/kl_k1_plus': otherKl,
  'regulariser/kl_k3_plus': otherKl,
  'regulariser/kl_cov': refused('TRL has no KL-Cov; verl has.'),
  'weighting/token_mean': weighting('dapo'),
  'weighting/seq_mean_token_mean': weighting('grpo'),
  'weighting/seq_mean_token_sum': weighting('dr_grpo', 'The same up to a factor, the longest response.'),
  'weighting/constant': weighting('dr_grpo'),
  'weighting/token_sum': refused('With a plain sum the gradient grows with the batch; TRL has no such loss.'),
};

const rowsOf = (run: FullScaleRun): number => Math.min(MOST_ROWS, rowsPerUpdate(run));
const accumulated = (run: FullScaleRun): number => rowsPerUpdate(run) / rowsOf(run);

const clipSide =
  (side: 'low' | 'high'): Rule =>
  ({ hyper, parts }) => {
    const key = side === 'low' ? 'epsilon' : 'epsilon_high';
    if (parts.stabiliser === 'mean_sequence_clip') return sequenceClip({ [key]: SEQUENCE_CLIP[side] });
    if (parts.stabiliser !== 'cispo') return same({ [key]: hyper[`clip_${side}`] });
    return side === 'low'
      ? { kind: 'none', text: 'TRL’s cispo has no lower bound.' }
      : {
          kind: 'rescaled',
          set: { epsilon_high: 1 + hyper.clip_high },
          text: 'There it is the largest ratio itself, not a distance from 1.',
        };
  };
const SMALL = 'TRL has the constant 1e-4: it matters where the rewards of a group differ by less than a hundredth.';

const HYPER: Record<string, Rule> = {
  learning_rate: publishedRate('learning_rate'),
  ...taken({
    max_grad_norm: 'max_grad_norm',
    weight_decay: 'weight_decay',
    adam_beta1: 'adam_beta1',
    adam_beta2: 'adam_beta2',
    adam_eps: 'adam_epsilon',
    temperature: 'temperature',
    dual_clip: 'delta',
    weight_cap: 'vllm_importance_sampling_clip_max',
    weight_low: 'vllm_importance_sampling_clip_min',
  }),
  entropy_coef: ({ hyper }) => ({
    kind: 'approximate',
    set: { entropy_coef: hyper.entropy_coef },
    text: 'A token mean there, whatever the weighting; over a large vocabulary lower the coefficient.',
  }),
  advantage_eps: none(SMALL),
  ...ofSample('TRL'),
  lone_response: none('TRL needs at least two responses per prompt.'),
  discount: none('TRL has no discount: every token of a response has the same advantage.'),
  clip_low: clipSide('low'),
  clip_high: clipSide('high'),
  kl_coef: ({ hyper, parts }) => (parts.regulariser === 'kl_k3' ? same({ beta: hyper.kl_coef }) : same({ beta: 0 })),
  kl_reward_coef: (run) =>
    isRloo(run)
      ? same({ beta: run.hyper.kl_reward_coef })
      : { kind: 'none', text: 'Only RLOOTrainer charges the KL in the reward.' },
  normalise_weights: none('TRL does not divide the weights by their mean.'),
  norm_length: none('The constant is max_completion_length there.'),
  overlong_buffer: none('An argument of get_soft_overlong_punishment: a quarter of the longest response.'),
  overlong_factor: ({ hyper }) => same({ reward_weights: [1, hyper.overlong_factor] }),
  reward_is_signed: none('The reward function decides it: 1 and −1, or 1 and 0.'),
};

const BATCH: Record<string, Rule> = {
  prompts: (run) => ({
    kind: 'rescaled',
    set: { per_device_train_batch_size: rowsOf(run), steps_per_generation: run.batch.minibatches * accumulated(run) },
    text: `TRL counts rows: ${promptsOf(run)} prompts, more than the toy has, times the group; published scripts take 128 to 1024 prompts.`,
  }),
  group_size: ({ batch }) => ({
    ...same({ num_generations: batch.group_size }),
    ...(batch.group_size < 2 ? { refuse: 'TRL wants at least two responses per prompt.' } : {}),
  }),
  epochs: ({ batch }) => same({ num_iterations: batch.epochs }),
  minibatches: (run) => ({
    kind: 'rescaled',
    set: { gradient_accumulation_steps: accumulated(run), max_steps: STEPS * updatesOf(run) },
    text: 'TRL counts updates, not rollouts, in max_steps.',
  }),
  oversample: none('TRL chooses no groups.'),
  staleness: none('GRPOTrainer draws with the present weights.'),
  ...OUTSIDE,
  eval_every: none('Evaluation has settings of its own there.'),
  eval_samples: none('Evaluation has settings of its own there.'),
  warm_up_steps: none('Begin from a model that was fine-tuned, with SFTTrainer.'),
};

export const TRL: Mapping = {
  trainer: 'trl',
  title: 'TRL',
  parts: PARTS,
  hyper: HYPER,
  batch: BATCH,
  seed: ({ seed }) => ({
    kind: 'approximate',
    set: { seed, data_seed: seed },
    text: 'It seeds data and weights; vLLM is seeded by the process number.',
  }),
  keys: { ...GRPO_KEYS, ...RLOO_KEYS },
  base: BASE,
  finish: (run, set) => {
    const rloo = isRloo(run);
    const known = rloo ? RLOO_KEYS : GRPO_KEYS;
    const refuse: string[] = [];
    if (rloo && run.parts.correction !== 'none') refuse.push('RLOOTrainer has no correction for another sampler.');
    if (rloo && run.parts.regulariser !== 'none' && (run.hyper.kl_coef ?? 0) > 0)
      refuse.push('RLOOTrainer charges the KL in the reward only; set kl_coef to 0.');
    if (rloo && !['ppo_clip', 'plain_clip', 'sequence_clip'].includes(run.parts.stabiliser))
      refuse.push(`RLOOTrainer has no ${run.parts.stabiliser}.`);
    if (!rloo && run.parts.stabiliser === 'mean_sequence_clip' && run.parts.weighting !== 'seq_mean_token_mean')
      refuse.push('With ratios of whole responses TRL weighs by the mean of means; choose that weighting.');
    const beta = rloo ? (run.hyper.kl_reward_coef ?? 0) : set.beta;
    return { refuse, set: { beta }, drop: Object.keys(set).filter((key) => !Object.hasOwn(known, key)) };
  },
};
