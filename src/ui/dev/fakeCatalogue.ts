import { type Algorithm, type Part, ROLES, type Role } from '../../algorithms/algorithm.ts';
import tabular from '../../policies/tabular.ts';
import transformer from '../../policies/transformer.ts';
import type { Catalogue } from '../../state/catalogue.ts';
import type { Task } from '../../tasks/task.ts';

const p = (role: Role, id: string, title: string, doc: string, hyper: Part['hyper'] = {}): Part => ({
  role,
  id,
  title,
  doc,
  equation: '',
  hyper,
});
const parts: Record<Role, Part[]> = {
  source: [
    p(
      'source',
      'on_policy_groups',
      'On-policy groups',
      'Every response is drawn from the current policy, G per prompt.',
    ),
    p('source', 'demonstrations', 'Demonstrations', 'Responses come from the task’s demonstrations.'),
  ],
  advantage: [
    p(
      'advantage',
      'group_standardised',
      'Group standardised',
      'Reward minus the group’s mean, divided by its standard deviation.',
      {
        advantage_eps: {
          value: 1e-6,
          min: 1e-8,
          max: 1,
          scale: 'log',
          doc: 'added to the standard deviation',
          source: 'TRL',
        },
      },
    ),
    p('advantage', 'group_centred', 'Group centred', 'Reward minus the group’s mean.'),
  ],
  stabiliser: [
    p(
      'stabiliser',
      'ppo_clip',
      'PPO clip',
      'A token is dropped once the policy has moved far enough in the advantage’s direction.',
      {
        clip_low: {
          value: 0.2,
          min: 0,
          max: 1,
          scale: 'linear',
          doc: 'how far below 1 the ratio may fall',
          source: 'arXiv 1707.06347',
        },
        clip_high: {
          value: 0.2,
          min: 0,
          max: 10,
          scale: 'log_zero',
          doc: 'how far above 1 the ratio may rise',
          source: 'arXiv 2503.14476',
        },
      },
    ),
    p('stabiliser', 'none', 'None', 'Every token counts once.'),
  ],
  likelihood: [p('likelihood', 'plain', 'Plain', 'The gradient of the log-likelihood.')],
  regulariser: [
    p('regulariser', 'kl_k3', 'KL (k3)', 'A charge for leaving the frozen start policy, by the k3 estimator.', {
      kl_coef: {
        value: 0,
        min: 0,
        max: 1,
        scale: 'log_zero',
        doc: 'weight of the KL charge',
        source: 'arXiv 2402.03300',
      },
    }),
    p('regulariser', 'entropy_bonus', 'Entropy bonus', 'A reward for keeping the next-token distribution wide.', {
      entropy_coef: { value: 0.01, min: 0, max: 1, scale: 'log_zero', doc: 'weight of the bonus' },
    }),
  ],
  weighting: [
    p('weighting', 'token_mean', 'Token mean', 'Every token counts the same.'),
    p(
      'weighting',
      'seq_mean_token_mean',
      'Sequence mean of token means',
      'Every response counts the same, whatever its length.',
    ),
  ],
};
const base = Object.fromEntries(ROLES.map((r) => [r, parts[r][0]])) as Record<Role, Part>;
const alg = (id: string, title: string, summary: string, over: Partial<Algorithm> = {}): Algorithm => ({
  id,
  title,
  summary,
  paper: { title: 'DeepSeekMath', arxiv: '2402.03300', equation: 'Eq. 3' },
  ...base,
  ...over,
});
const t = (id: string, title: string, summary: string): Task => ({
  id,
  title,
  summary,
  settings: {
    num_symbols: { value: 10, min: 2, max: 64, scale: 'int', doc: 'symbols of the alphabet' },
    length: { value: 4, min: 1, max: 32, scale: 'int', doc: 'symbols per response' },
  },
  rules: {
    reward_shape: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['exact', 'distance'],
      doc: 'what the verifier pays for a near miss',
    },
  },
  slots: { next_symbol: 'fixed_length', reward: id },
  twins: { reward: () => 0 },
  build: () => {
    throw new Error('fake');
  },
});
export const fakeCatalogue: Catalogue = {
  algorithms: {
    grpo: alg(
      'grpo',
      'GRPO',
      'Rewards are compared inside a group of responses to the same prompt, so that no value network is needed.',
    ),
    dr_grpo: alg('dr_grpo', 'Dr. GRPO', 'GRPO without the two normalisations that favour long wrong answers.', {
      advantage: parts.advantage[1],
    }),
    reinforce: alg('reinforce', 'REINFORCE', 'The plain policy gradient.', { stabiliser: parts.stabiliser[1] }),
  },
  tasks: {
    sum_to_target: t(
      'sum_to_target',
      'Sum to target',
      'Write digits whose sum is the number in the prompt; the reward is 1 when it is exact.',
    ),
    copy: t('copy', 'Copy', 'Repeat the prompt.'),
  },
  policies: { tabular, transformer },
  partsOf: (role) => parts[role],
};
