/** Training on an imperfect verifier (arXiv 2505.22203): rules miss right answers, models fall for tricks. */
import { algorithm, part } from './algorithm.ts';
import grpo from './grpo.ts';

export const noisyVerifier = part({
  role: 'reward',
  id: 'noisy_verifier',
  title: 'Noisy verifier',
  doc: 'The verifier’s verdict, with mistakes: at random, or on the other form of an answer and on an exploit, where the task has them.',
  equation: String.raw`P(R{=}1\mid\text{right})=1-fn,\quad P(R{=}1\mid\text{wrong})=fp\ \text{or}\ p_{hack}`,
  hyper: {
    false_negative: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'share of right responses that are rejected, whatever they look like',
      symbol: 'fn',
      metric: 'true_reward',
      source: 'rule verifiers in arXiv 2505.22203: about 0.14',
    },
    false_positive: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'share of wrong responses that are accepted, whatever they look like',
      symbol: 'fp',
      metric: 'true_reward',
    },
    form_false_negative: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'share of right responses in the task’s other form that are rejected; counts where it is above false_negative',
    },
    exploit_rate: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'share of wrong responses with the task’s exploit that are accepted; counts where it is above false_positive',
      symbol: 'p_{hack}',
      metric: 'true_reward',
      source: 'up to 0.78 for model verifiers in arXiv 2505.22203',
    },
    debias: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['as_it_is', 'unbiased'],
      doc: 'the verdict, or (verdict − fp) / (1 − fn − fp); an advantage divided by the spread sees no difference',
    },
  },
  dispatches: {
    reward: [
      { kernel: 'classify_responses', over: ['replica', 'sequence'], note: 'form and exploit of each response' },
      { kernel: 'noisy_reward', over: ['replica', 'sequence'], at: { is_greedy: 0 }, note: 'a verdict with mistakes' },
    ],
  },
});

export default algorithm({
  ...grpo,
  id: 'noisy_verifier',
  title: 'Noisy verifier',
  summary:
    'GRPO on a verifier that makes mistakes: random ones only slow it, but a rejected form dies out and an exploit takes over.',
  paper: {
    title: 'Pitfalls of rule- and model-based verifiers: a case study on mathematical reasoning',
    arxiv: '2505.22203',
    equation: 'noise model of its findings',
  },
  reward: noisyVerifier,
  defaults: { false_negative: 0.14 },
  home: { task: 'two_forms', hyper: { false_negative: 0.2, exploit_rate: 0.5 } },
  departures: [
    'The paper trains on real verifiers; here the rates at which one errs are set by hand, around the task’s exact one.',
  ],
});
