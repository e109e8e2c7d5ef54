/** GRPO (arXiv 2402.03300): the other answers to the same prompt replace the critic. */
import { kl_k3_limit, log_ratio_limit } from '../../shaders/lib/token.ref.ts';
import type { Knob } from '../engine/table.ts';
import { algorithm, part } from './algorithm.ts';
import { ppoClip } from './ppo.ts';
import { noCorrection, onPolicy, plainLikelihood, verifier } from './reinforce.ts';

export const groupStandardised = part({
  role: 'advantage',
  id: 'group_standardised',
  title: 'Group standardised',
  doc: 'The reward less the group’s mean, divided by the group’s standard deviation.',
  equation: String.raw`\hat A_i=\frac{R_i-\mu_g}{\sigma_g+\epsilon}`,
  hyper: {
    advantage_eps: {
      value: 1e-6,
      min: 1e-9,
      max: 1,
      scale: 'log',
      doc: 'added to the standard deviation',
      symbol: String.raw`\epsilon`,
      metric: 'frac_reward_zero_std',
      source: 'verl',
    },
    std_is_population: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['sample', 'population'],
      title: 'standard deviation',
      doc: 'divide the squared deviations by n − 1 or by n',
      source: 'verl: sample',
    },
  },
  slots: {
    group_advantage_of: {
      file: 'standardise',
      twin: (reward, g, h) => (reward - g.mean) / (g.std_dev + h.advantage_eps),
    },
  },
  is_centred: true,
  dispatches: {
    advantage: [
      {
        kernel: 'group_advantage',
        over: ['replica', 'group'],
        slots: { group_advantage_of: 'standardise' },
        note: 'relative to the group',
      },
    ],
  },
});

const kl_coef: Knob = {
  value: 0,
  min: 0,
  max: 1,
  scale: 'log_zero',
  doc: 'weight of the KL term that ties the policy to its start; above 0 the start weights score every rollout too',
  source: '0 in TRL, 0.001 in verl, 0.04 in arXiv 2402.03300',
  symbol: String.raw`\beta`,
  metric: 'kl_ref',
};

export const klK1 = part({
  role: 'regulariser',
  id: 'kl_k1',
  title: 'KL, k1',
  doc: 'The log-ratio to the start policy: its value is unbiased, its gradient averages to nothing.',
  equation: String.raw`\beta k_1,\quad k_1=\log\pi_\theta-\log\pi_{ref}`,
  hyper: { kl_coef },
  slots: {
    regulariser_value: { file: 'kl_k1', twin: (t) => t.logp - t.ref_logp },
    regulariser_gradient: { file: 'kl_k1', twin: () => 1 },
  },
  needs: ['ref_logp'],
});

export const klK2 = part({
  role: 'regulariser',
  id: 'kl_k2',
  title: 'KL, k2',
  doc: 'Half the squared log-ratio to the start policy: its gradient is that of the KL divergence.',
  equation: String.raw`\beta k_2,\quad k_2=\tfrac12(\log\pi_\theta-\log\pi_{ref})^2`,
  hyper: { kl_coef },
  slots: {
    regulariser_value: { file: 'kl_k2', twin: (t) => 0.5 * (t.logp - t.ref_logp) ** 2 },
    regulariser_gradient: { file: 'kl_k2', twin: (t) => t.logp - t.ref_logp },
  },
  needs: ['ref_logp'],
});

export const klK3 = part({
  role: 'regulariser',
  id: 'kl_k3',
  title: 'KL, k3',
  doc: 'The low-variance estimator of the KL divergence to the start policy; never negative.',
  equation: String.raw`\beta k_3,\quad k_3=\tfrac{\pi_{ref}}{\pi_\theta}-\log\tfrac{\pi_{ref}}{\pi_\theta}-1`,
  hyper: { kl_coef },
  slots: {
    regulariser_value: {
      file: 'kl_k3',
      twin: (t) => {
        const x = Math.min(Math.max(t.ref_logp - t.logp, -log_ratio_limit), log_ratio_limit);
        return Math.min(Math.exp(x) - 1 - x, kl_k3_limit);
      },
    },
    regulariser_gradient: {
      file: 'kl_k3',
      twin: (t) => {
        const x = t.ref_logp - t.logp;
        const e = Math.exp(Math.min(x, log_ratio_limit));
        return Math.abs(x) > log_ratio_limit || e - 1 - x > kl_k3_limit ? 0 : 1 - e;
      },
    },
  },
  needs: ['ref_logp'],
});

export const klAbs = part({
  role: 'regulariser',
  id: 'kl_abs',
  title: 'KL, absolute',
  doc: 'The absolute log-ratio to the start policy: every token is pulled back equally hard, however far it is.',
  equation: String.raw`\beta\,|\log\pi_\theta-\log\pi_{ref}|`,
  hyper: { kl_coef },
  slots: {
    regulariser_value: { file: 'kl_abs', twin: (t) => Math.abs(t.logp - t.ref_logp) },
    regulariser_gradient: { file: 'kl_abs', twin: (t) => Math.sign(t.logp - t.ref_logp) },
  },
  needs: ['ref_logp'],
});

export const klK1Plus = part({
  role: 'regulariser',
  id: 'kl_k1_plus',
  title: 'KL, k1 straight through',
  doc: 'The value of k1 with the gradient of k2, which is that of the KL divergence.',
  equation: String.raw`\beta\,(k_2-\mathrm{sg}[k_2]+\mathrm{sg}[k_1])`,
  hyper: { kl_coef },
  slots: {
    regulariser_value: klK1.slots!.regulariser_value,
    regulariser_gradient: klK2.slots!.regulariser_gradient,
  },
  needs: ['ref_logp'],
});

export const klK3Plus = part({
  role: 'regulariser',
  id: 'kl_k3_plus',
  title: 'KL, k3 straight through',
  doc: 'The value of k3, which is never negative, with the gradient of k2, which is that of the KL divergence.',
  equation: String.raw`\beta\,(k_2-\mathrm{sg}[k_2]+\mathrm{sg}[k_3])`,
  hyper: { kl_coef },
  slots: {
    regulariser_value: klK3.slots!.regulariser_value,
    regulariser_gradient: klK2.slots!.regulariser_gradient,
  },
  needs: ['ref_logp'],
});

export const seqMeanTokenMean = part({
  role: 'weighting',
  id: 'seq_mean_token_mean',
  title: 'Mean of means',
  doc: 'Every response counts the same, so a token of a long response counts less.',
  equation: String.raw`w_{i,t}=m_{i,t}/(|y_i|\,S)`,
  hyper: {},
  slots: {
    token_weight: {
      file: 'seq_mean_token_mean',
      twin: (c) => 1 / ((c.sequence_tokens + 1e-8) * Math.max(c.batch_sequences, 1)),
    },
  },
});

export default algorithm({
  id: 'grpo',
  title: 'GRPO',
  summary:
    'Judges an answer by the mean and spread of the rewards of several answers to the same prompt, so no critic is needed.',
  paper: {
    title: 'DeepSeekMath: pushing the limits of mathematical reasoning in open language models',
    arxiv: '2402.03300',
    equation: 'Eq. 3 and 4',
    is_yardstick: true,
  },
  source: onPolicy,
  reward: verifier,
  advantage: groupStandardised,
  stabiliser: ppoClip,
  correction: noCorrection,
  likelihood: plainLikelihood,
  regulariser: klK3,
  weighting: seqMeanTokenMean,
  departures: [
    'The KL term is off until its coefficient is raised; the paper always has it, at 0.04.',
    'A dual clip holds the loss of bad samples with large ratios, as in public code; the paper has none.',
  ],
});
