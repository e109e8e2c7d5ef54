/** REINFORCE++ with a group baseline (arXiv 2501.03262): centred by the group, normalised by the batch. */
import { algorithm, part } from './algorithm.ts';
import { groupCentred } from './dr_grpo.ts';
import { klK2 } from './grpo.ts';
import reinforcePlusPlus, { whitenedReturn } from './reinforce_plus_plus.ts';

export const groupCentredWhitened = part({
  role: 'advantage',
  id: 'group_centred_whitened',
  title: 'Group centred, whitened',
  doc: 'The reward less the group’s mean, then whitened over all tokens of the batch.',
  equation: String.raw`\hat A_{i,t}=\mathrm{whiten}(R_i-\mu_g)`,
  hyper: { whiten_is_population: whitenedReturn.hyper.whiten_is_population },
  slots: groupCentred.slots,
  dispatches: {
    advantage: [
      {
        kernel: 'group_advantage',
        over: ['replica', 'group'],
        bind: { advantage: 'group_advantage' },
        note: 'relative to the group',
      },
      {
        kernel: 'whiten_advantage',
        over: ['replica', 64],
        bind: { token_advantage: 'group_advantage' },
        size: { token_advantage_stride: 1 },
        note: 'mean 0, variance 1 over the batch',
      },
    ],
  },
  buffers: { group_advantage: { type: 'f32', shape: ['replica', 'sequence'], doc: 'advantage before whitening' } },
  is_per_token: true,
  is_centred: true,
});

export default algorithm({
  ...reinforcePlusPlus,
  id: 'reinforce_plus_plus_baseline',
  title: 'REINFORCE++ baseline',
  summary:
    'Centres rewards by their group and normalises by the batch, so that no group is blown up by its own small spread.',
  advantage: groupCentredWhitened,
  regulariser: klK2,
  defaults: {},
  departures: [
    'The KL term is off until kl_coef is raised: the verifier is exact, and nothing learned can be exploited.',
  ],
});
