/** Arguments of TRL 1.13.0 that launch files may hold, with TRL's defaults; undefined where it has none worth naming. */
import type { Value, Values } from './launch.ts';

export const TRL_RELEASE = '1.13.0';

const INHERITED: Record<string, Value | undefined> = {
  output_dir: undefined,
  seed: 42,
  data_seed: null,
  report_to: undefined,
  save_strategy: 'steps',
  logging_steps: undefined,
  bf16: true,
  gradient_checkpointing: true,
  learning_rate: 1e-6,
  lr_scheduler_type: 'linear',
  warmup_steps: 0,
  weight_decay: 0,
  max_grad_norm: 1,
  adam_beta1: 0.9,
  adam_beta2: 0.999,
  adam_epsilon: 1e-8,
  per_device_train_batch_size: 8,
  gradient_accumulation_steps: 1,
  max_steps: -1,
};

const ONLINE: Record<string, Value | undefined> = {
  ...INHERITED,
  steps_per_generation: null,
  num_iterations: 1,
  num_generations: 8,
  shuffle_dataset: true,
  remove_unused_columns: undefined,
  max_completion_length: 512,
  temperature: 1,
  top_p: 1,
  top_k: 0,
  repetition_penalty: 1,
  beta: 0,
  epsilon: 0.2,
  epsilon_high: null,
  use_vllm: false,
  vllm_mode: 'colocate',
};

/** What every launch file for TRL begins with. */
export const TRL_BASE: Values = {
  output_dir: 'out',
  seed: 1,
  data_seed: 1,
  report_to: 'none',
  save_strategy: 'no',
  logging_steps: 1,
  bf16: true,
  gradient_checkpointing: true,
  learning_rate: 1e-6,
  lr_scheduler_type: 'constant',
  warmup_steps: 0,
  weight_decay: 0,
  max_grad_norm: 1,
  adam_beta1: 0.9,
  adam_beta2: 0.999,
  adam_epsilon: 1e-8,
  per_device_train_batch_size: 4,
};

/** Of `GRPOConfig`. */
export const GRPO_KEYS: Record<string, Value | undefined> = {
  ...ONLINE,
  use_bias_correction_kl: true,
  delta: null,
  loss_type: 'dapo',
  scale_rewards: 'group',
  importance_sampling_level: 'token',
  mask_truncated_completions: false,
  top_entropy_quantile: 1,
  entropy_coef: 0,
  use_liger_kernel: false,
  vllm_importance_sampling_correction: true,
  vllm_importance_sampling_mode: 'sequence_mask',
  vllm_importance_sampling_clip_max: 3,
  vllm_importance_sampling_clip_min: null,
  reward_weights: null,
};

/** Of `RLOOConfig`. */
export const RLOO_KEYS: Record<string, Value | undefined> = {
  ...ONLINE,
  num_generations: 2,
  beta: 0.05,
  normalize_advantages: false,
  reward_weights: null,
};

/** Of `SFTConfig`. */
export const SFT_KEYS: Record<string, Value | undefined> = {
  ...INHERITED,
  learning_rate: 2e-5,
  max_length: 1024,
  loss_type: null,
  packing: false,
};
