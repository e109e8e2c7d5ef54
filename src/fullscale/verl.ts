/** Ours to verl's: which key takes which part and which setting, with what becomes of its number. */
import {
  type FullScaleRun,
  LENGTH,
  type Mapping,
  PROCESSES,
  promptsOf,
  type Rule,
  rowsPerUpdate,
  type Said,
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
import { VERL_KEYS } from './verlKeys.ts';

const A = 'actor_rollout_ref.actor.';
const R = 'actor_rollout_ref.rollout.';
const RC = 'algorithm.rollout_correction.';
const MODEL = 'Qwen/Qwen2.5-0.5B-Instruct';
const OFF = 1e30;
const LEAST_CLIP = 1e-9; // verl wants a distance above 0
const MOST_TOKENS = 16384;

const BASE: Values = {
  'data.train_files': '/path/to/train.parquet',
  'data.val_files': '/path/to/val.parquet',
  'data.train_batch_size': 64,
  'data.max_prompt_length': 1024,
  'data.max_response_length': LENGTH,
  'data.filter_overlong_prompts': true,
  'data.truncation': 'error',
  'data.shuffle': true,
  'data.seed': 1,
  'actor_rollout_ref.model.path': MODEL,
  [`${A}optim.lr`]: 1e-6,
  [`${A}optim.lr_scheduler_type`]: 'constant',
  [`${A}optim.lr_warmup_steps`]: 0,
  [`${A}optim.weight_decay`]: 0,
  [`${A}optim.betas`]: [0.9, 0.999],
  [`${A}optim.clip_grad`]: 1,
  [`${A}ppo_mini_batch_size`]: 16,
  [`${A}ppo_epochs`]: 1,
  [`${A}shuffle`]: false,
  [`${A}data_loader_seed`]: 1,
  [`${A}use_dynamic_bsz`]: true,
  [`${A}ppo_max_token_len_per_gpu`]: MOST_TOKENS,
  [`${A}policy_loss.loss_mode`]: 'vanilla',
  [`${A}clip_ratio`]: 0.2,
  [`${A}clip_ratio_low`]: 0.2,
  [`${A}clip_ratio_high`]: 0.2,
  [`${A}clip_ratio_c`]: OFF,
  [`${A}loss_agg_mode`]: 'token-mean',
  [`${A}loss_scale_factor`]: LENGTH,
  [`${A}entropy_coeff`]: 0,
  [`${A}use_kl_loss`]: false,
  [`${R}name`]: 'vllm',
  [`${R}n`]: 8,
  [`${R}temperature`]: 1,
  [`${R}top_p`]: 1,
  [`${R}top_k`]: -1,
  [`${R}seed`]: 1,
  [`${R}calculate_log_probs`]: true,
  [`${R}tensor_model_parallel_size`]: 1,
  [`${R}gpu_memory_utilization`]: 0.6,
  'algorithm.adv_estimator': 'grpo',
  'algorithm.norm_adv_by_std_in_grpo': true,
  'algorithm.gamma': 1,
  'algorithm.lam': 1,
  'algorithm.use_kl_in_reward': false,
  'reward.reward_manager.name': 'naive',
  'reward.custom_reward_function.path': '/path/to/reward.py',
  'reward.custom_reward_function.name': 'compute_score',
  'trainer.nnodes': 1,
  'trainer.n_gpus_per_node': PROCESSES,
  'trainer.total_epochs': STEPS,
  'trainer.total_training_steps': STEPS,
  'trainer.critic_warmup': 0,
  'trainer.logger': ['console'],
  'trainer.project_name': 'rollout-lab',
  'trainer.experiment_name': 'example',
  'trainer.save_freq': -1,
  'trainer.test_freq': -1,
  'trainer.val_before_train': false,
  'trainer.resume_mode': 'disable',
  'trainer.use_v1': true,
};

/** An estimator that compares the responses of a group. */
const ofGroup =
  (estimator: string, rest: Values = {}): Rule =>
  (run) => ({
    ...same({ 'algorithm.adv_estimator': estimator, ...rest }),
    ...(run.batch.group_size < 2
      ? { refuse: 'An advantage relative to the group needs at least two responses per prompt.' }
      : {}),
  });
const klLoss =
  (type: string): Rule =>
  ({ hyper }) =>
    hyper.kl_coef > 0
      ? same({ [`${A}use_kl_loss`]: true, [`${A}kl_loss_coef`]: hyper.kl_coef, [`${A}kl_loss_type`]: type })
      : { kind: 'same', set: { [`${A}use_kl_loss`]: false } };
const weighting =
  (mode: string): Rule =>
  () =>
    same({ [`${A}loss_agg_mode`]: mode });
const clip = (low: number, high: number): Values => ({
  [`${A}clip_ratio`]: Math.max(low, high, LEAST_CLIP),
  [`${A}clip_ratio_low`]: Math.max(low, LEAST_CLIP),
  [`${A}clip_ratio_high`]: Math.max(high, LEAST_CLIP),
});
const loss = (mode: string, rest: Values = {}): Values => ({ [`${A}policy_loss.loss_mode`]: mode, ...rest });

const REPOSITORY = {
  luffy: 'ElliottYan/LUFFY (commit 01f4ae06, exp_scripts/train.sh) has it, on a fork of verl 0.1.',
  hpt: 'TsinghuaC3I/Unify-Post-Training (commit ae332f5f, exp_scripts/train.sh) has it, on a fork of verl 0.1.',
  flowrl:
    'verl-project/verl-recipe flowrl/run_flowrl_qwen2.5_7b.sh has it; its β of 15 is a constant in flowrl_actor.py.',
  nft: 'NVlabs/NFT (commit b358faeb, train_7B.sh) has it, on verl at 01ef7184.',
  ttrl: 'PRIME-RL/TTRL (commit 3e2cc937, verl/examples/ttrl/aime.sh) has it, on a fork of verl 0.2.',
};

const PARTS: Record<string, Rule> = {
  'source/on_policy': () => same({ 'algorithm.filter_groups.enable': false }),
  'source/dynamic_sampling': ({ batch }) => ({
    kind: 'approximate',
    set: {
      'algorithm.filter_groups.enable': true,
      'algorithm.filter_groups.metric': 'acc',
      'algorithm.filter_groups.max_inflight_gen_batches': batch.oversample,
    },
    text: 'verl draws until enough groups are left; the reward function has to return `acc`.',
  }),
  'source/prompt_subset': none('A data file with only those prompts does the same.'),
  'source/accuracy_window': refused('verl leaves out only groups whose values are all equal, no window of accuracies.'),
  'source/rejection_sampling': refused(
    'Keeping right responses and imitating them is a loop around verl’s supervised trainer, no option.',
  ),
  'source/gated_demonstrations': refused(`verl has no demonstrations among the rollouts. ${REPOSITORY.hpt}`),
  'source/mixed_demonstrations': refused(`verl has no demonstrations among the rollouts. ${REPOSITORY.luffy}`),
  'source/self_search': refused(
    'Leaving parts of a response out of the loss needs an agent loop of one’s own in verl.',
  ),
  'reward/verifier': () => ({
    kind: 'approximate',
    set: { 'reward.reward_manager.name': 'naive' },
    text: 'The verifier becomes your function `compute_score`.',
  }),
  'reward/signed': none('Let `compute_score` return 1 and −1.'),
  'reward/noisy_verifier': none('No option adds mistakes; write them into `compute_score`.'),
  'reward/overlong': ({ hyper }) => ({
    kind: 'replaced',
    set: { 'reward.reward_manager.name': 'dapo' },
    add: {
      'reward.reward_kwargs.max_resp_len': LENGTH,
      'reward.reward_kwargs.overlong_buffer_cfg.enable': true,
      'reward.reward_kwargs.overlong_buffer_cfg.len': LENGTH / 4,
      'reward.reward_kwargs.overlong_buffer_cfg.penalty_factor': hyper.overlong_factor,
      'reward.reward_kwargs.overlong_buffer_cfg.log': false,
    },
    text: 'A quarter of the longest response is the buffer; DAPO’s script takes a fifth.',
  }),
  'reward/majority_vote': refused(
    `verl’s reward function sees one response, so a vote cannot be written there. ${REPOSITORY.ttrl}`,
  ),
  'reward/collective_vote': refused('verl trains one policy, and its reward function sees one response.'),
  'advantage/group_standardised': ofGroup('grpo', { 'algorithm.norm_adv_by_std_in_grpo': true }),
  'advantage/group_centred': ofGroup('grpo', { 'algorithm.norm_adv_by_std_in_grpo': false }),
  'advantage/leave_one_out': ofGroup('rloo'),
  'advantage/group_centred_whitened': ofGroup('reinforce_plus_plus_baseline'),
  'advantage/whitened_return': () => same({ 'algorithm.adv_estimator': 'reinforce_plus_plus' }),
  'advantage/gae': ({ seed, hyper }) => ({
    kind: 'approximate',
    set: {
      'algorithm.adv_estimator': 'gae',
      'critic.model.path': MODEL,
      'critic.optim.lr': 1e-5,
      'critic.optim.weight_decay': hyper.weight_decay,
      'critic.optim.clip_grad': hyper.max_grad_norm,
      'critic.data_loader_seed': seed,
      'critic.ppo_max_token_len_per_gpu': 2 * MOST_TOKENS,
    },
    text: 'The critic is a network of its own with its own learning rate; here it is a head of the policy.',
  }),
  'advantage/gae_plain': refused('verl always whitens the advantage estimate.'),
  'advantage/greedy_baseline': () => ({
    kind: 'approximate',
    set: { 'algorithm.adv_estimator': 'remax', 'trainer.use_v1': false },
    text: 'Only the older trainer computes the greedy baseline.',
  }),
  'advantage/return_minus_baseline': ({ hyper, batch, parts }): Said => {
    if (hyper.baseline === 1)
      return {
        kind: 'approximate',
        set: { 'algorithm.adv_estimator': 'reinforce_plus_plus' },
        text: 'verl also divides by the standard deviation over all tokens.',
      };
    if (hyper.baseline === 0 && batch.group_size === 1 && hyper.discount === 1 && parts.stabiliser === 'none')
      return {
        kind: 'same',
        set: { 'algorithm.adv_estimator': 'grpo', 'algorithm.norm_adv_by_std_in_grpo': false },
        text: 'With one response per prompt this estimator returns the raw reward.',
      };
    return {
      kind: 'none',
      refuse:
        hyper.baseline === 0
          ? 'verl has no estimator without a baseline for groups or discounted returns; one response per prompt, discount 1 and no ratio would do.'
          : 'verl has no moving-average baseline.',
    };
  },
  'stabiliser/ppo_clip': (run) => ofRatio(run, same(loss('vanilla'))),
  'stabiliser/plain_clip': (run) => ofRatio(run, same(loss('vanilla', { [`${A}clip_ratio_c`]: OFF }))),
  'stabiliser/mean_sequence_clip': (run) => ofRatio(run, same(loss('gspo'))),
  'stabiliser/cispo': (run) => ofRatio(run, same(loss('cispo'))),
  'stabiliser/clip_cov': (run) => ({
    kind: 'approximate',
    set: loss('clip_cov', micro(run)),
    text: 'verl picks tokens in every micro-batch, not in every minibatch, so micro-batches are as large as they may be.',
  }),
  'stabiliser/old_ratio': (run) =>
    run.parts.regulariser === 'kl_cov'
      ? same()
      : ofRatio(run, {
          kind: 'approximate',
          set: loss('vanilla', { ...clip(1, WIDE), [`${A}clip_ratio_c`]: OFF }),
          text: 'verl cannot switch its clip off; the bounds are set where no ratio comes.',
        }),
  'stabiliser/none': (run) => ({
    kind: 'approximate',
    set: loss('gpg', { [`${A}ppo_epochs`]: 1 }),
    text:
      run.batch.epochs > 1
        ? 'verl’s loss without a ratio is for one epoch; ours had more.'
        : 'The loss without a ratio.',
  }),
  'stabiliser/sequence_clip': refused('verl has no clip on the ratio of the whole response; its rloo clips tokens.'),
  'correction/none': () => same({ [`${RC}rollout_is`]: null }),
  'correction/tis_token': () => same({ [`${RC}rollout_is`]: 'token' }),
  'correction/tis_sequence': () => same({ [`${RC}rollout_is`]: 'sequence' }),
  'correction/icepop': () => same({ [`${RC}rollout_is`]: 'token' }),
  'correction/sampler_ratio': refused(
    'verl v0.9.0 has the sampler as denominator only half wired in its default trainer.',
  ),
  'likelihood/plain': () => same(),
  'likelihood/trajectory_balance': refused(`verl has no trajectory balance. ${REPOSITORY.flowrl}`),
  'likelihood/policy_shaping': refused('verl has no policy shaping.'),
  'likelihood/negative_aware': refused(`verl has no negative policy. ${REPOSITORY.nft}`),
  'regulariser/none': () => same({ [`${A}use_kl_loss`]: false }),
  'regulariser/kl_k1': (run) =>
    run.hyper.kl_coef > 0
      ? {
          kind: 'none',
          refuse: 'k1 as a loss has a gradient that averages to nothing; choose k2 or k3, or set kl_coef to 0.',
        }
      : same({ [`${A}use_kl_loss`]: false }),
  'regulariser/kl_k2': klLoss('mse'),
  'regulariser/kl_k3': klLoss('low_var_kl'),
  'regulariser/kl_abs': klLoss('abs'),
  'regulariser/kl_k1_plus': klLoss('kl+'),
  'regulariser/kl_k3_plus': klLoss('low_var_kl+'),
  'regulariser/kl_cov': (run) => {
    if (run.parts.stabiliser !== 'old_ratio')
      return { kind: 'none', refuse: 'verl’s kl_cov goes with the unclipped ratio; choose the stabiliser old_ratio.' };
    if (updatesOf(run) === 1)
      return { kind: 'none', refuse: 'KL-Cov has no effect with one update per rollout; take more minibatches.' };
    return {
      kind: 'approximate',
      set: loss('kl_cov', micro(run)),
      text: 'verl picks tokens in every micro-batch, not in every minibatch, so micro-batches are as large as they may be.',
    };
  },
  'weighting/token_mean': weighting('token-mean'),
  'weighting/seq_mean_token_mean': weighting('seq-mean-token-mean'),
  'weighting/seq_mean_token_sum': weighting('seq-mean-token-sum'),
  'weighting/constant': weighting('seq-mean-token-sum-norm'),
  'weighting/token_sum': refused(
    'With a plain sum the gradient grows with the batch, so no published learning rate fits.',
  ),
};

/** Static micro-batches: rows that lie together when tokens are picked. */
function micro(run: FullScaleRun): Values {
  const rows = Math.min(16, rowsPerUpdate(run));
  return {
    [`${A}use_dynamic_bsz`]: false,
    [`${A}ppo_micro_batch_size_per_gpu`]: rows,
    [`${R}log_prob_micro_batch_size_per_gpu`]: rows,
  };
}

const clipSide =
  (side: 'low' | 'high'): Rule =>
  ({ hyper, parts }) => {
    const value = hyper[`clip_${side}`];
    if (parts.stabiliser === 'mean_sequence_clip') return sequenceClip(clip(SEQUENCE_CLIP.low, SEQUENCE_CLIP.high));
    const both = clip(hyper.clip_low, hyper.clip_high);
    const set = {
      [`${A}clip_ratio`]: both[`${A}clip_ratio`],
      [`${A}clip_ratio_${side}`]: both[`${A}clip_ratio_${side}`],
    };
    return value > 0 ? same(set) : { kind: 'approximate', set, text: 'verl wants a distance above 0.' };
  };
const decimal = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(Number(value.toFixed(6))));
const betas: Rule = ({ hyper }) => same({ [`${A}optim.betas`]: [hyper.adam_beta1, hyper.adam_beta2] });

const HYPER: Record<string, Rule> = {
  learning_rate: publishedRate(`${A}optim.lr`),
  ...taken({
    max_grad_norm: `${A}optim.clip_grad`,
    weight_decay: `${A}optim.weight_decay`,
    temperature: `${R}temperature`,
    discount: 'algorithm.gamma',
    gae_lambda: 'algorithm.lam',
    value_clip: 'critic.cliprange_value',
  }),
  adam_beta1: betas,
  adam_beta2: betas,
  adam_eps: ({ hyper }) =>
    same({ [`${A}optim.override_optimizer_config`]: hyper.adam_eps === 1e-8 ? null : { eps: hyper.adam_eps } }),
  entropy_coef: ({ hyper }) => ({
    kind: 'approximate',
    set: { [`${A}entropy_coeff`]: hyper.entropy_coef },
    text: 'Over a vocabulary of a hundred thousand the entropy is larger than here; lower the coefficient.',
  }),
  advantage_eps: ({ hyper }) =>
    hyper.advantage_eps === 1e-6
      ? { kind: 'same', text: 'verl has the constant 1e-6.' }
      : { kind: 'none', text: 'verl has the constant 1e-6.' },
  ...ofSample('verl'),
  lone_response: none('verl’s rloo needs at least two responses.'),
  value_coef: none('The critic has an optimiser of its own, and the factor ½ is built in.'),
  kl_reward_coef: ({ hyper }) =>
    hyper.kl_reward_coef > 0
      ? same({
          'algorithm.use_kl_in_reward': true,
          'algorithm.kl_penalty': 'kl',
          'algorithm.kl_ctrl.type': 'fixed',
          'algorithm.kl_ctrl.kl_coef': hyper.kl_reward_coef,
        })
      : same({ 'algorithm.use_kl_in_reward': false }),
  baseline: none('The estimator decides it.'),
  baseline_decay: none('verl has no moving-average baseline.'),
  clip_low: clipSide('low'),
  clip_high: clipSide('high'),
  dual_clip: ({ hyper }) =>
    hyper.dual_clip > 1
      ? same({ [`${A}clip_ratio_c`]: hyper.dual_clip })
      : { kind: 'approximate', set: { [`${A}clip_ratio_c`]: 1.000001 }, text: 'verl wants a cap above 1.' },
  pick_share: ({ parts }): Said =>
    parts.stabiliser === 'clip_cov'
      ? {
          kind: 'replaced',
          set: { [`${A}policy_loss.clip_cov_ratio`]: 0.0002 },
          text: 'A toy minibatch has tens of tokens; two in ten thousand is the paper’s share.',
        }
      : {
          kind: 'replaced',
          set: { [`${A}policy_loss.kl_cov_ratio`]: 0.002 },
          text: 'A toy minibatch has tens of tokens; two in a thousand is the paper’s share.',
        },
  covariance_low: () => ({
    kind: 'replaced',
    set: { [`${A}policy_loss.clip_cov_lb`]: 1 },
    text: 'Log-probabilities spread more over a large vocabulary; 1 is the paper’s.',
  }),
  covariance_high: () => ({
    kind: 'replaced',
    set: { [`${A}policy_loss.clip_cov_ub`]: 5 },
    text: 'Log-probabilities spread more over a large vocabulary; 5 is the paper’s.',
  }),
  kl_coef: ({ hyper, parts }) =>
    parts.regulariser === 'kl_cov'
      ? same({ [`${A}policy_loss.ppo_kl_coef`]: hyper.kl_coef })
      : hyper.kl_coef > 0
        ? same({ [`${A}kl_loss_coef`]: hyper.kl_coef })
        : same({ [`${A}use_kl_loss`]: false }),
  weight_cap: ({ hyper, parts }) => {
    if (parts.correction !== 'icepop') return same({ [`${RC}rollout_is_threshold`]: hyper.weight_cap });
    // both bounds with a decimal point: `0.5_5` would be read as the number 0.55
    return same({ [`${RC}rollout_is_threshold`]: `${decimal(hyper.weight_low)}_${decimal(hyper.weight_cap)}` });
  },
  normalise_weights: ({ hyper }) => same({ [`${RC}rollout_is_batch_normalize`]: hyper.normalise_weights === 1 }),
  norm_length: () => ({
    kind: 'replaced',
    set: { [`${A}loss_scale_factor`]: LENGTH },
    text: 'The constant is the longest response there.',
  }),
  overlong_buffer: () => ({
    kind: 'replaced',
    add: { 'reward.reward_kwargs.overlong_buffer_cfg.len': LENGTH / 4 },
    text: 'A quarter of the longest response.',
  }),
  overlong_factor: ({ hyper }) => ({
    kind: 'same',
    add: { 'reward.reward_kwargs.overlong_buffer_cfg.penalty_factor': hyper.overlong_factor },
  }),
  reward_is_signed: none('`compute_score` decides it: 1 and −1, or 1 and 0.'),
};
HYPER.weight_low = HYPER.weight_cap;

const BATCH: Record<string, Rule> = {
  prompts: (run) => ({
    kind: 'rescaled',
    set: { 'data.train_batch_size': promptsOf(run) },
    text: 'More prompts than the toy has: published scripts take 128 to 1024.',
  }),
  group_size: ({ batch }) => same({ [`${R}n`]: batch.group_size }),
  epochs: (run) =>
    run.parts.stabiliser === 'none'
      ? {
          kind: run.batch.epochs === 1 ? 'same' : 'replaced',
          set: { [`${A}ppo_epochs`]: 1 },
          text: 'The loss without a ratio is for one epoch.',
        }
      : same({ [`${A}ppo_epochs`]: run.batch.epochs }),
  minibatches: (run) => ({
    kind: 'rescaled',
    set: { [`${A}ppo_mini_batch_size`]: promptsOf(run) / run.batch.minibatches },
    text: 'verl counts the prompts of an update.',
  }),
  oversample: ({ parts, batch }) =>
    parts.source === 'dynamic_sampling'
      ? same({ 'algorithm.filter_groups.max_inflight_gen_batches': batch.oversample })
      : { kind: 'none', text: 'Read only where the source chooses among groups.' },
  staleness: none(
    'verl’s default trainer draws with the present weights; trainer.v1.trainer_mode=separate_async is nearest.',
  ),
  ...OUTSIDE,
  eval_every: ({ batch }) => same({ 'trainer.test_freq': batch.eval_every > 0 ? batch.eval_every : -1 }),
  eval_samples: none('Validation has settings of its own, rollout.val_kwargs.'),
  warm_up_steps: none('Begin from a model that was fine-tuned.'),
};

export const VERL: Mapping = {
  trainer: 'verl',
  title: 'verl',
  parts: PARTS,
  hyper: HYPER,
  batch: BATCH,
  seed: ({ seed }) => ({
    kind: 'approximate',
    set: { 'data.seed': seed, [`${A}data_loader_seed`]: seed, [`${R}seed`]: seed },
    text: 'It seeds data and sampler; verl’s default trainer is not reproducible bit for bit.',
  }),
  keys: VERL_KEYS,
  base: BASE,
  finish: (run, set) => {
    const refuse: string[] = [];
    if (set[`${A}use_kl_loss`] === true && set['algorithm.use_kl_in_reward'] === true)
      refuse.push('verl charges the KL either in the loss or in the reward; set one of the two coefficients to 0.');
    if (set['algorithm.filter_groups.enable'] === true && set['trainer.use_v1'] === false)
      refuse.push('verl’s trainer with the greedy baseline has no dynamic sampling.');
    const is_forced = run.parts.stabiliser === 'mean_sequence_clip';
    if (is_forced && run.parts.weighting !== 'seq_mean_token_mean')
      refuse.push('verl’s gspo always weighs by the mean of means; choose that weighting.');
    if (set['algorithm.filter_groups.enable'] === true && run.batch.group_size < 2)
      refuse.push('Dynamic sampling needs at least two responses per prompt.');
    const rows: Values = {};
    if (set[`${A}use_dynamic_bsz`] === false) {
      const size = Math.min(16, rowsPerUpdate(run));
      if (set[`${A}use_kl_loss`] === true || set['algorithm.use_kl_in_reward'] === true)
        rows['actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu'] = size;
      if (set['algorithm.adv_estimator'] === 'gae') rows['critic.ppo_micro_batch_size_per_gpu'] = size;
    }
    return { refuse, set: { ...rows, 'trainer.experiment_name': `${run.algorithm}_seed_${run.seed}` } };
  },
};
