/** Concise reasoning via RL (arXiv 2504.05185): answers grow while they are punished and shrink where they can be right. */
import { PURPOSE, randomBits } from '../engine/random.ts';
import { algorithm, part } from './algorithm.ts';
import { seqMeanTokenMean } from './grpo.ts';
import ppo, { gae } from './ppo.ts';
import { onPolicy } from './reinforce.ts';

export const signedReward = part({
  role: 'reward',
  id: 'signed',
  title: 'Signed',
  doc: 'A response that the verifier gives 1 is worth +1, one that it gives 0 is worth −1.',
  equation: '2R_i-1',
  hyper: {},
  dispatches: { reward: [{ kernel: 'signed_reward', over: ['replica', 'sequence'], note: '+1 or −1' }] },
});

export const promptSubset = part({
  role: 'source',
  id: 'prompt_subset',
  title: 'A few prompts',
  doc: 'Only the first few prompts of the task are asked, over and over.',
  equation: String.raw`x\sim\mathcal D_{few},\ y\sim\pi_\theta(\cdot\mid x)`,
  terms: [
    {
      symbol: String.raw`\mathcal D_{few}`,
      doc: 'the prompts that are asked',
      names: ['subset_size'],
      knob: 'subset_size',
    },
  ],
  hyper: {
    subset_size: { value: 8, min: 1, max: 256, scale: 'int', doc: 'how many prompts, from the first of the task on' },
  },
  slots: {
    choose_prompt: {
      file: 'subset',
      twin: (b, seed, step, size, h) =>
        randomBits(seed, step, PURPOSE.prompt, b, 0) % Math.min(Math.floor(h.subset_size), size.train_count),
    },
  },
});

export const plainGae = part({
  ...gae,
  id: 'gae_plain',
  title: 'GAE, not whitened',
  doc: 'Generalised advantage estimation with a learned value function, as it is: a batch of failures stays negative.',
  dispatches: {
    advantage: [
      { kernel: 'gae', over: ['replica', 'sequence'], note: 'for the value loss' },
      {
        kernel: 'gae',
        over: ['replica', 'sequence'],
        bind: { token_advantage: 'advantage' },
        note: 'for the policy, as it is',
      },
    ],
  },
});

export default algorithm({
  ...ppo,
  id: 'concise_rl',
  title: 'Concise RL',
  summary:
    'PPO with λ below 1 on signed rewards: wrong answers drift longer, right ones shorter, and a second phase on solvable prompts makes them brief.',
  paper: { title: 'Concise reasoning via reinforcement learning', arxiv: '2504.05185', equation: 'Sec. 3' },
  source: onPolicy,
  reward: signedReward,
  advantage: plainGae,
  weighting: seqMeanTokenMean,
  defaults: { gae_lambda: 0.95 },
  home: { task: 'say_symbol' },
  departures: [
    'The second phase trains on the task’s first few prompts, which someone has to choose so that they are solvable; the paper selects prompts by how often they are solved.',
    'Dual clip and the limit of ±20 on the log-ratio are of public code.',
  ],
});
