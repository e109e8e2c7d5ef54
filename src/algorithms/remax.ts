/** ReMax (arXiv 2310.10505): the reward of the greedy answer is the baseline. */
import { algorithm, part } from './algorithm.ts';
import { tokenMean } from './ppo.ts';
import reinforce from './reinforce.ts';

export const greedyBaseline = part({
  role: 'advantage',
  id: 'greedy_baseline',
  title: 'Greedy baseline',
  doc: 'The reward less the reward of the policy’s own greedy response to the same prompt.',
  equation: String.raw`\hat A_i=R_i-R(\arg\max\pi_\theta(\cdot\mid x))`,
  hyper: {},
  dispatches: {
    advantage: [{ kernel: 'greedy_advantage', over: ['replica', 'sequence'], note: 'relative to the greedy response' }],
  },
  needs: ['greedy_reward'],
  refuses: (parts) =>
    parts.reward.is_relative
      ? `The advantage “Greedy baseline” wants one greedy response judged by itself; the reward “${parts.reward.title}” needs a group of responses. Choose another reward or advantage.`
      : undefined,
});

export default algorithm({
  ...reinforce,
  id: 'remax',
  title: 'ReMax',
  summary:
    'Judges a sampled answer by whether it beats the greedy one, so the baseline costs one more answer and no critic.',
  paper: {
    title: 'ReMax: a simple, effective, and efficient reinforcement learning method for aligning large language models',
    arxiv: '2310.10505',
    equation: 'Eq. 6',
  },
  advantage: greedyBaseline,
  weighting: tokenMean,
  departures: [
    'Eight samples share a greedy answer instead of one, because the toy draws groups.',
    'No KL charge inside the reward: the verifier is exact, and nothing learned can be exploited.',
  ],
});
