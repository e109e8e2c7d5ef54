import { experiment } from './experiment.ts';
import { at, difference, lastMean, named, when } from './lib/measures.ts';

const source = 'arXiv 2501.17161';
const practised = lastMean('kind_accuracy_0', 3);
const others = lastMean('kind_accuracy_1', 3);
const imitation = { algorithm: 'sft', parts: { source: 'demonstration_subset' }, batch: { minibatches: 2 } };

export default experiment({
  id: 'sft_memorizes_rl_generalizes',
  title: 'SFT memorises, RL generalises',
  question:
    'A policy that half knows four rules practises one of them: what becomes of its unseen hands and of the other rules?',
  papers: ['sft-memorizes'],
  base: {
    task: 'card_rules',
    policy: 'transformer',
    policy_settings: { layers: 1, width: 32, heads: 4 },
    hyper: { learning_rate: 0.001, subset_size: 64 },
    batch: { prompts: 16, minibatches: 2, warm_up_steps: 1000, eval_every: 10, eval_samples: 32 },
  },
  arms: {
    sft: { ...imitation, doc: 'imitates right answers to 64 hands under one rule, each side in falling order' },
    sft_own_order: {
      ...imitation,
      doc: 'the same, but the right answers are in the order in which pre-training has them',
      task_settings: { demonstrated_order: 0 },
    },
    grpo: { doc: 'GRPO on the same 64 hands', algorithm: 'grpo', parts: { source: 'prompt_subset' } },
  },
  steps: 81,
  seeds: 8,
  measures: {
    practised_start: named('accuracy on unseen hands under the practised rule at step 0', at('kind_accuracy_0', 0)),
    practised: named('accuracy on unseen hands under the practised rule, mean of the last 3 values', practised),
    practised_change: named('its change since step 0', difference(practised, at('kind_accuracy_0', 0))),
    others_start: named('accuracy under the other rules at step 0', at('kind_accuracy_1', 0)),
    others: named('accuracy under the other rules, mean of the last 3 values', others),
    others_change: named('change of the accuracy under the other rules', difference(others, at('kind_accuracy_1', 0))),
    others_at_80: named(
      'accuracy under the other rules when that under the practised one first is above 0.8',
      when('kind_accuracy_1', 'kind_accuracy_0', 'above', 0.8),
    ),
  },
  claims: [
    {
      says: 'Supervised learning gets better under the rule it is trained on.',
      source,
      left: ['sft', 'practised_change'],
      is: 'above',
      right: 0,
    },
    {
      says: 'Supervised learning gets worse under the other rules.',
      source,
      left: ['sft', 'others_change'],
      is: 'below',
      right: 0,
    },
    {
      says: 'Reinforcement learning gets better under the rule it is trained on.',
      source,
      left: ['grpo', 'practised_change'],
      is: 'above',
      right: 0,
    },
    {
      says: 'Reinforcement learning gets better under the other rules too.',
      source,
      left: ['grpo', 'others_change'],
      is: 'above',
      right: 0,
    },
    {
      says: 'Under the other rules reinforcement learning ends above supervised learning.',
      source,
      left: ['grpo', 'others'],
      is: 'above',
      right: ['sft', 'others'],
    },
    {
      says: 'So it is when both are as good under the practised rule.',
      source: 'arXiv 2509.04259',
      left: ['grpo', 'others_at_80'],
      is: 'above',
      right: ['sft', 'others_at_80'],
    },
    {
      says: 'Imitation forgets less where the demonstrations are what the policy would have said itself.',
      source: 'arXiv 2509.04259',
      left: ['sft_own_order', 'others'],
      is: 'above',
      right: ['sft', 'others'],
    },
  ],
  chosen:
    'The prompt names the rule and pre-training shows all four, because a policy this small cannot follow a rule that it has never met; two of five answers that pre-training shows are the hand in any order. Looked at with seed 1 before: four cards instead of three, from which the start knew next to nothing; learning rates of 0.002, at which GRPO lost on the other rules as imitation did after 80 steps, and 0.0005 for GRPO, little different from 0.001. Sixteen unseen prompts are asked, eight of the practised rule, 32 samples each.',
  curves: ['kind_accuracy_0', 'kind_accuracy_1', 'entropy'],
});
