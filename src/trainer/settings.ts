/** Batch sizes and schedule of a run: changing one rebuilds the run's buffers and keeps the weights where it can. */
import type { KnobTable } from '../engine/table.ts';

export const BATCH: KnobTable = {
  prompts: { value: 8, min: 1, max: 128, scale: 'power_of_two', doc: 'prompts in one rollout' },
  group_size: { value: 8, min: 1, max: 64, scale: 'power_of_two', doc: 'responses per prompt' },
  epochs: { value: 1, min: 1, max: 8, scale: 'int', doc: 'passes over one rollout' },
  minibatches: {
    value: 8,
    min: 1,
    max: 64,
    scale: 'power_of_two',
    doc: 'updates per pass; with a single update per rollout many algorithms are identical',
  },
  oversample: {
    value: 2,
    min: 1,
    max: 8,
    scale: 'power_of_two',
    doc: 'groups drawn for every group trained on, where the source chooses among them',
    source: '3 in DAPO’s recipe',
  },
  staleness: {
    value: 0,
    min: 0,
    max: 16,
    scale: 'int',
    doc: 'rollouts are drawn by the weights of so many steps ago',
  },
  replicas: { value: 1, min: 1, max: 16, scale: 'int', doc: 'policies trained side by side, each with its own seed' },
  eval_every: {
    value: 10,
    min: 0,
    max: 1000,
    scale: 'int',
    doc: 'steps between greedy evaluations, on held-out prompts where the task has some; 0 turns them off',
  },
  eval_samples: {
    value: 0,
    min: 0,
    max: 128,
    scale: 'int',
    doc: 'samples per prompt and evaluation, for pass@k, votes and diversity; 0 leaves that out',
  },
  entropy_watch: {
    value: 0,
    min: 0,
    max: 1,
    scale: 'choice',
    choices: ['off', 'on'],
    doc: 'measure what the updates of each step do to the entropy, beside what their covariance with log π predicts; costs two forward passes',
    source: 'arXiv 2505.22617',
  },
  warm_up_steps: {
    value: 0,
    min: 0,
    max: 2000,
    scale: 'int',
    doc: 'supervised updates on demonstrations before step 0, so that a run starts from a policy that knows the format',
  },
};

/** Hyperparameters that belong to no part: the optimiser's and the sampler's. */
export const COMMON_HYPER: KnobTable = {
  learning_rate: { value: 0.003, min: 1e-6, max: 1, scale: 'log', doc: 'step size of AdamW', symbol: String.raw`\eta` },
  max_grad_norm: {
    value: 1,
    min: 0.01,
    max: 1000,
    scale: 'log',
    doc: 'the global gradient norm is clipped to this',
    source: 'verl',
  },
  weight_decay: { value: 0, min: 0, max: 0.5, scale: 'log_zero', doc: 'decoupled decay of AdamW' },
  adam_beta1: {
    value: 0.9,
    min: 0,
    max: 0.999,
    scale: 'log_one_minus',
    doc: 'decay of the first moment',
    source: 'arXiv 1412.6980',
  },
  adam_beta2: {
    value: 0.999,
    min: 0,
    max: 0.9999,
    scale: 'log_one_minus',
    doc: 'decay of the second moment',
    source: 'arXiv 1412.6980',
  },
  adam_eps: {
    value: 1e-8,
    min: 1e-12,
    max: 1e-2,
    scale: 'log',
    doc: 'added to the root of the second moment',
    source: 'arXiv 1412.6980',
  },
  entropy_coef: { value: 0, min: 0, max: 1, scale: 'log_zero', doc: 'weight of an entropy bonus', symbol: 'c_H' },
  temperature: {
    value: 1,
    min: 0.1,
    max: 4,
    scale: 'linear',
    doc: 'divides the logits when a rollout is drawn and when its log-probabilities are computed',
    symbol: String.raw`\tau`,
  },
};
