/** REINFORCE++ (arXiv 2501.03262): no critic, and advantages normalised over the whole batch instead of per prompt. */
import { algorithm, part } from './algorithm.ts';
import ppo, { ppoClip } from './ppo.ts';
import { returnMinusBaseline } from './reinforce.ts';

const { discount, kl_reward_coef } = returnMinusBaseline.hyper;

export const whitenedReturn = part({
  role: 'advantage',
  id: 'whitened_return',
  title: 'Whitened return',
  doc: 'The discounted return, less the mean and divided by the standard deviation over all tokens of the batch.',
  equation: String.raw`\hat A_{i,t}=\frac{Q_{i,t}-\mathrm{mean}(Q)}{\mathrm{std}(Q)},\quad Q_{i,t}=\sum_{k\ge t}\gamma^{k-t}r_{i,k}`,
  hyper: {
    discount,
    kl_reward_coef,
    whiten_is_population: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['sample', 'population'],
      title: 'standard deviation in whitening',
      doc: 'divide the squared deviations by n − 1, or by n and hold the variance above 1e-8',
      source: 'verl: sample; OpenRLHF: population',
    },
  },
  dispatches: {
    advantage: [
      {
        kernel: 'discounted_return',
        over: ['replica', 'sequence'],
        bind: { returns: 'token_advantage' },
        note: 'returns to go',
      },
      { kernel: 'whiten_advantage', over: ['replica', 64], note: 'mean 0, variance 1 over the batch' },
    ],
  },
  needs: ['token_reward', 'ref_logp'],
  is_per_token: true,
});

export default algorithm({
  ...ppo,
  id: 'reinforce_plus_plus',
  title: 'REINFORCE++',
  summary: 'Normalises the return over the whole batch, so that no critic and no group is needed.',
  paper: {
    title: 'REINFORCE++: a simple and efficient approach for aligning large language models',
    arxiv: '2501.03262',
    equation: 'Eq. 6 to 8',
  },
  advantage: whitenedReturn,
  stabiliser: ppoClip,
  defaults: { kl_reward_coef: 0.001 },
  departures: [
    'Eight answers to a prompt instead of one, because the toy draws groups; the advantage does not look at them.',
  ],
});
