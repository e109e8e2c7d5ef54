import { experiment } from './experiment.ts';
import { at, change, difference, final, named } from './lib/measures.ts';

const source = 'arXiv 2501.17161';
const gap = difference(final('rank:accuracy'), final('accuracy'));

export default experiment({
  id: 'sft_memorizes_rl_generalizes',
  title: 'SFT memorises, RL generalises',
  question: 'Trained while J, Q and K count ten: how much of it holds when they count eleven, twelve, thirteen?',
  papers: ['sft-memorizes'],
  base: {
    task: 'general_points',
    policy: 'transformer',
    policy_settings: { layers: 2, width: 32, heads: 4 },
    task_settings: { cards: 3, num_hands: 512 },
    hyper: { learning_rate: 0.001, face_cards: 0 },
    batch: { prompts: 16, minibatches: 2, warm_up_steps: 400, eval_every: 20 },
  },
  arms: {
    sft: { doc: 'more supervised learning from the same start', algorithm: 'sft' },
    ppo: { doc: 'PPO from the same start', algorithm: 'ppo', hyper: { learning_rate: 0.0003 } },
  },
  steps: 121,
  seeds: 4,
  probes: { rank: { every: 20, hyper: { face_cards: 1 } } },
  measures: {
    accuracy_start: at('accuracy', 0),
    accuracy: final('accuracy'),
    accuracy_gain: change('accuracy'),
    rank_start: named('accuracy under the other rule at step 0', at('rank:accuracy', 0)),
    rank: named('accuracy under the other rule at the end', final('rank:accuracy')),
    rank_gain: named('change of the accuracy under the other rule', change('rank:accuracy')),
    gap: named('accuracy under the other rule minus that under the rule trained on', gap),
  },
  claims: [
    {
      says: 'Supervised learning gets better under the rule it is trained on.',
      source,
      left: ['sft', 'accuracy_gain'],
      is: 'above',
      right: 0,
    },
    {
      says: 'Supervised learning gets worse under the other rule.',
      source,
      left: ['sft', 'rank_gain'],
      is: 'below',
      right: 0,
    },
    {
      says: 'Reinforcement learning gets better under the other rule.',
      source,
      left: ['ppo', 'rank_gain'],
      is: 'above',
      right: 0,
    },
    {
      says: 'Under the other rule reinforcement learning is above supervised learning.',
      source,
      left: ['ppo', 'rank'],
      is: 'above',
      right: ['sft', 'rank'],
    },
  ],
  chosen:
    'Three cards instead of four and a small policy, so that it ends in minutes; nothing was searched. The prompt does not state the rule, so nothing tells the policy that the faces count differently now: what the paper saw cannot be expected of this set-up.',
  curves: ['accuracy', 'rank:accuracy', 'eval_reward', 'rank:eval_reward', 'entropy'],
});
