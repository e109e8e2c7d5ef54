/** REINFORCE (Williams 1992): the log-likelihood of each sampled token, weighted by the return that followed it. */
import { algorithm, part } from './algorithm.ts';

export const onPolicy = part({
  role: 'source',
  id: 'on_policy',
  title: 'On-policy groups',
  doc: 'The policy answers every prompt of the batch several times.',
  equation: String.raw`y_1,\dots,y_G \sim \pi_\theta(\cdot\mid x)`,
  hyper: {},
});

export const verifier = part({
  role: 'reward',
  id: 'verifier',
  title: 'Verifier',
  doc: 'A response is worth what the task’s verifier says.',
  equation: 'R_i',
  hyper: {},
});

export const noCorrection = part({
  role: 'correction',
  id: 'none',
  title: 'None',
  doc: 'Samples are taken as the policy’s own, however old the weights are that drew them.',
  equation: '1',
  hyper: {},
});

export const returnMinusBaseline = part({
  role: 'advantage',
  id: 'return_minus_baseline',
  title: 'Return − baseline',
  doc: 'The discounted return less a baseline that is the same for every response of the batch.',
  equation: String.raw`\hat A_{i,t}=\sum_{k\ge t}\gamma^{k-t}r_{i,k}-b`,
  hyper: {
    discount: {
      value: 1,
      min: 0.5,
      max: 1,
      scale: 'log_one_minus',
      doc: 'how much a later reward counts, per token',
      symbol: String.raw`\gamma`,
      source: 'verl',
    },
    baseline: {
      value: 1,
      min: 0,
      max: 2,
      scale: 'choice',
      choices: ['none', 'batch_mean', 'moving_average'],
      doc: 'what is subtracted from the return: nothing, the mean reward of the responses that are trained on, or a moving average of it',
      symbol: 'b',
    },
    baseline_decay: { value: 0.9, min: 0, max: 0.999, scale: 'log_one_minus', doc: 'decay of the moving average' },
    kl_reward_coef: { value: 0, min: 0, max: 1, scale: 'log_zero', doc: 'KL charge inside the reward, per token' },
  },
  dispatches: { advantage: [{ kernel: 'baseline_advantage', over: ['replica', 64], note: 'return − baseline' }] },
  needs: ['token_reward', 'ref_logp'],
  is_per_token: true,
});

export const noMask = part({
  role: 'stabiliser',
  id: 'none',
  title: 'None',
  doc: 'Every token counts, and the samples are taken as the current policy’s own; right for one update per rollout.',
  equation: '1',
  hyper: {},
  slots: {
    stable_mask: { file: 'none', twin: () => 1 },
    importance_weight: { file: 'none', twin: () => 1 },
    objective: { file: 'log_likelihood', twin: (t) => -t.advantage * t.logp },
  },
});

export const plainLikelihood = part({
  role: 'likelihood',
  id: 'plain',
  title: 'Plain',
  doc: 'The gradient of the log-likelihood itself.',
  equation: String.raw`\nabla\log\pi_\theta(y_t\mid x,y_{<t})`,
  hyper: {},
  slots: { likelihood_gradient: { file: 'plain', twin: () => 1 } },
});

export const noRegulariser = part({
  role: 'regulariser',
  id: 'none',
  title: 'None',
  doc: 'Nothing holds the policy back, except an entropy bonus if one is set.',
  equation: '0',
  hyper: {},
  slots: {
    regulariser_value: { file: 'none', twin: () => 0 },
    regulariser_gradient: { file: 'none', twin: () => 0 },
  },
});

export const seqMeanTokenSum = part({
  role: 'weighting',
  id: 'seq_mean_token_sum',
  title: 'Mean of sums',
  doc: 'The mean over responses of the sum over tokens.',
  equation: 'w_{i,t}=m_{i,t}/S',
  hyper: {},
  slots: { token_weight: { file: 'seq_mean_token_sum', twin: (c) => 1 / Math.max(c.batch_sequences, 1) } },
});

export const tokenSum = part({
  role: 'weighting',
  id: 'token_sum',
  title: 'Sum',
  doc: 'The plain sum over tokens.',
  equation: 'w_{i,t}=m_{i,t}',
  hyper: {},
  slots: { token_weight: { file: 'token_sum', twin: () => 1 } },
});

export default algorithm({
  id: 'reinforce',
  title: 'REINFORCE',
  summary: 'Weights the log-likelihood of each sampled token by the return that followed it.',
  paper: {
    title: 'Simple statistical gradient-following algorithms for connectionist reinforcement learning',
    equation: 'Eq. 4',
    is_yardstick: true,
  },
  source: onPolicy,
  reward: verifier,
  advantage: returnMinusBaseline,
  stabiliser: noMask,
  correction: noCorrection,
  likelihood: plainLikelihood,
  regulariser: noRegulariser,
  weighting: seqMeanTokenSum,
  batch: { minibatches: 1 },
});
