/** Imitation alone goes to the supervised trainers of both. */
import { type FullScaleRun, type Mapping, PROCESSES, promptsOf, type Rule, STEPS, type Values } from './launch.ts';
import { none, same, taken } from './rules.ts';
import { SFT_KEYS, TRL_BASE } from './trlKeys.ts';
import { VERL_SFT_KEYS } from './verlKeys.ts';

/** True where every response is a demonstration and is simply imitated, token by token. */
export const isSupervised = ({ parts }: FullScaleRun): boolean =>
  parts.source === 'demonstrations' &&
  parts.advantage === 'constant_one' &&
  parts.stabiliser === 'none' &&
  parts.likelihood === 'plain' &&
  parts.weighting === 'token_mean';

const RATE = 1e-5;
const unchanged: Rule = () => same();
const PARTS: Record<string, Rule> = {
  'source/demonstrations': () => ({
    kind: 'approximate',
    text: 'The data file holds prompts with the solver’s responses.',
  }),
  'reward/verifier': none('Nothing is rewarded.'),
  'advantage/constant_one': unchanged,
  'stabiliser/none': unchanged,
  'correction/none': unchanged,
  'likelihood/plain': unchanged,
  'regulariser/none': unchanged,
  'weighting/token_mean': unchanged,
};
const rowsOf = (run: FullScaleRun): number => promptsOf(run) * run.batch.group_size;
const replaced =
  (set: Values, sentence: string): Rule =>
  () => ({ kind: 'replaced', set, text: sentence });
const TOO_LARGE = 'The toy’s rate is far too large for a language model.';

export const VERL_SFT: Mapping = {
  trainer: 'verl',
  title: 'verl',
  parts: PARTS,
  hyper: {
    learning_rate: replaced({ 'optim.lr': RATE }, TOO_LARGE),
    ...taken({ weight_decay: 'optim.weight_decay' }),
  },
  batch: {
    prompts: (run) => ({
      kind: 'rescaled',
      set: { 'data.train_batch_size': rowsOf(run) },
      text: 'Rows of one update.',
    }),
  },
  seed: ({ seed }) => ({ kind: 'same', set: { 'trainer.seed': seed } }),
  keys: VERL_SFT_KEYS,
  base: {
    'data.train_files': '/path/to/train.parquet',
    'data.train_batch_size': 64,
    'data.micro_batch_size_per_gpu': 4,
    'data.max_length': 2048,
    'data.messages_key': 'messages',
    'model.path': 'Qwen/Qwen2.5-0.5B-Instruct',
    'optim.lr': RATE,
    'optim.lr_scheduler_type': 'constant',
    'optim.weight_decay': 0,
    'trainer.total_epochs': 1,
    'trainer.seed': 1,
    'trainer.logger': ['console'],
    'trainer.n_gpus_per_node': PROCESSES,
  },
};

export const TRL_SFT: Mapping = {
  trainer: 'trl',
  title: 'TRL',
  parts: PARTS,
  hyper: {
    learning_rate: replaced({ learning_rate: RATE }, TOO_LARGE),
    ...taken({
      weight_decay: 'weight_decay',
      max_grad_norm: 'max_grad_norm',
      adam_beta1: 'adam_beta1',
      adam_beta2: 'adam_beta2',
      adam_eps: 'adam_epsilon',
    }),
  },
  batch: {
    prompts: (run) => ({
      kind: 'rescaled',
      set: { gradient_accumulation_steps: Math.max(1, Math.ceil(rowsOf(run) / PROCESSES / 4)) },
      text: 'Rows of one update, over all processes.',
    }),
  },
  seed: ({ seed }) => ({ kind: 'same', set: { seed, data_seed: seed } }),
  keys: SFT_KEYS,
  base: {
    ...TRL_BASE,
    learning_rate: RATE,
    gradient_accumulation_steps: 1,
    max_steps: STEPS,
    max_length: 2048,
    loss_type: 'nll',
    packing: false,
  },
};
