/** HPT (arXiv 2509.04419): reinforcement where the policy can already be right, imitation where it cannot. */
import { ratio_of, type Token } from '../../shaders/lib/token.ref.ts';
import { algorithm, part } from './algorithm.ts';
import { groupCentred } from './dr_grpo.ts';
import { constantRows, unclipped } from './luffy.ts';
import { ppoClip } from './ppo.ts';
import { noCorrection, noRegulariser, plainLikelihood, verifier } from './reinforce.ts';
import { constantOne } from './sft.ts';

export const gatedDemonstrations = part({
  role: 'source',
  id: 'gated_demonstrations',
  title: 'Gated demonstrations',
  doc: 'The policy answers every prompt; where too few of its answers are right, one demonstration takes the place of them all.',
  equation: String.raw`k\le\gamma:\ y^\star\sim\mathcal D(\cdot\mid x),\quad \text{else}\ y_1,\dots,y_G\sim\pi_\theta`,
  terms: [{ symbol: 'k', doc: 'right responses of the group', names: ['right'], metric: 'reward_mean' }],
  hyper: {
    gate: {
      value: 0,
      min: 0,
      max: 64,
      scale: 'int',
      doc: 'with so many right responses or fewer, a group is replaced by a demonstration',
      symbol: String.raw`\gamma`,
      metric: 'demonstration_share',
      source: '0 or 2 of 8 in the code of arXiv 2509.04419',
    },
  },
  dispatches: {
    select: [
      { kernel: 'gate_demonstrations', over: ['replica', 64], note: 'imitate where too few are right' },
      { kernel: 'write_demonstrations', over: ['replica', 'sequence'], note: 'demonstrations in place of samples' },
    ],
  },
  needs: ['demonstrations'],
  metrics: ['demonstration_share'],
  refuses: ({ advantage }) =>
    advantage.slots?.effective_advantage?.file === 'demonstrated' || advantage.id === constantOne.id
      ? undefined
      : `The source “Gated demonstrations” puts a demonstration where a scored response stood; the advantage “${advantage.title}” would read that response’s reward. Choose “${centredOrDemonstrated.title}” or “${constantOne.title}”.`,
});

export const centredOrDemonstrated = part({
  role: 'advantage',
  id: 'centred_or_demonstrated',
  title: 'Centred, or demonstrated',
  doc: 'The reward less the group’s mean; a demonstration counts 1, whatever it is worth.',
  equation: String.raw`\hat A_i=R_i-\mu_g,\ \text{or}\ 1\ \text{for a demonstration}`,
  hyper: {},
  slots: {
    ...groupCentred.slots,
    effective_advantage: {
      file: 'demonstrated',
      twin: (t: Token) => (t.is_demonstration ? 1 : t.advantage),
    },
  },
  dispatches: groupCentred.dispatches,
});

export const rlAndSft = part({
  role: 'weighting',
  id: 'rl_and_sft',
  title: 'Reinforcement and imitation',
  doc: 'The policy’s tokens are summed and divided by constants, demonstrated ones are averaged; a coefficient weighs the two.',
  equation: String.raw`w_{i,t}=\frac{1}{L_0N_0}\ \text{or}\ \frac{c}{\sum_{demo}m}`,
  terms: [
    {
      symbol: String.raw`\sum_{demo}m`,
      doc: 'demonstrated tokens of the minibatch',
      names: ['demonstration_tokens'],
      metric: 'demonstration_share',
    },
  ],
  hyper: {
    sft_coef: {
      value: 1,
      min: 0,
      max: 4,
      scale: 'log_zero',
      doc: 'weight of the mean over demonstrated tokens',
      symbol: 'c',
      source: '1 in the code of arXiv 2509.04419, 0.3 for its smallest model',
    },
    ...constantRows.hyper,
  },
  slots: {
    token_weight: {
      file: 'rl_and_sft',
      twin: (c, h) =>
        c.is_demonstration ? h.sft_coef / Math.max(c.demonstration_tokens, 1) : 1 / (h.norm_length * h.norm_rows),
    },
  },
});

const clampedRatio = (t: Token, h: Record<string, number>): number =>
  Math.min(Math.max(ratio_of(t), 1 - h.clip_low), 1 + h.clip_high);

export const cispo = part({
  role: 'stabiliser',
  id: 'cispo',
  title: 'CISPO',
  doc: 'The ratio is held between two bounds instead of dropping the token, and is no part of the gradient.',
  equation: String.raw`\mathrm{sg}\big[\mathrm{clip}(\rho,1-\epsilon_{low},1+\epsilon_{high})\big]\hat A\log\pi_\theta`,
  hyper: { clip_low: ppoClip.hyper.clip_low, clip_high: ppoClip.hyper.clip_high },
  slots: {
    stable_mask: { file: 'none', twin: () => 1 },
    importance_weight: { file: 'clamped', twin: clampedRatio },
    objective: { file: 'clamped', twin: (t: Token, h) => -t.advantage * clampedRatio(t, h) * t.logp },
  },
});

export default algorithm({
  id: 'hpt',
  title: 'HPT',
  summary:
    'Reinforces on prompts that the policy sometimes solves and imitates a demonstration on those that it never does.',
  paper: {
    title: 'Towards a unified view of large language model post-training',
    arxiv: '2509.04419',
    equation: 'L = α L_RL + β L_SFT',
  },
  source: gatedDemonstrations,
  reward: verifier,
  advantage: centredOrDemonstrated,
  stabiliser: unclipped,
  correction: noCorrection,
  likelihood: plainLikelihood,
  regulariser: noRegulariser,
  weighting: rlAndSft,
  defaults: { entropy_coef: 0.001, norm_rows: 1 },
  home: { task: 'one_answer' },
  departures: [
    'The sum over the policy’s tokens may be divided by a number of rows too: its weight against the mean over demonstrations depends on the size of the minibatch, and here that is a knob.',
    'That sum is also divided by a length of 8 whatever the task’s longest response is: where responses are shorter, reinforcement weighs less against imitation than with the longest one.',
    'The task’s solver writes the demonstrations instead of a stronger model.',
    'The entropy bonus has the weights of the loss it belongs to; there it is a mean over all tokens.',
  ],
});
