/** Dr. GRPO (arXiv 2503.20783): GRPO without its two biased normalisations. */
import { algorithm, part } from './algorithm.ts';
import grpo from './grpo.ts';

export const groupCentred = part({
  role: 'advantage',
  id: 'group_centred',
  title: 'Group centred',
  doc: 'The reward less the group’s mean; no division by the spread.',
  equation: String.raw`\hat A_i=R_i-\mu_g`,
  hyper: {},
  slots: { group_advantage_of: { file: 'centre', twin: (reward, g) => reward - g.mean } },
  is_centred: true,
  dispatches: {
    advantage: [
      {
        kernel: 'group_advantage',
        over: ['replica', 'group'],
        slots: { group_advantage_of: 'centre' },
        note: 'relative to the group',
      },
    ],
  },
});

export const constantLength = part({
  role: 'weighting',
  id: 'constant',
  title: 'Constant length',
  doc: 'The sum over tokens divided by a constant, so that length earns and costs nothing.',
  equation: String.raw`w_{i,t}=m_{i,t}/(S\,L_0)`,
  hyper: {
    norm_length: {
      value: 8,
      min: 1,
      max: 4096,
      scale: 'int',
      doc: 'the constant L₀; it rescales the gradient, and beside a mean over demonstrations weighs against it',
      symbol: 'L_0',
      source: 'the longest response in arXiv 2503.20783; here a constant that no task changes',
    },
  },
  slots: { token_weight: { file: 'constant', twin: (c, h) => 1 / (Math.max(c.batch_sequences, 1) * h.norm_length) } },
});

export default algorithm({
  ...grpo,
  id: 'dr_grpo',
  title: 'Dr. GRPO',
  summary: 'Drops GRPO’s division by the reward spread and by the response length, which both bias the gradient.',
  paper: {
    title: 'Understanding R1-Zero-like training: a critical perspective',
    arxiv: '2503.20783',
    equation: 'Sec. 3.2',
  },
  advantage: groupCentred,
  weighting: constantLength,
  departures: [
    'The length L₀ is a constant of 8 whatever the task’s longest response is, which alone rescales the learning rate.',
    'A dual clip holds the loss of bad samples with large ratios, as in public code; the paper has none.',
  ],
});
