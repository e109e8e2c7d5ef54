/** Supervised fine-tuning: the likelihood of demonstrations, and nothing else. */
import { algorithm, part } from './algorithm.ts';
import { tokenMean } from './ppo.ts';
import { noMask, noRegulariser, plainLikelihood } from './reinforce.ts';

export const demonstrations = part({
  role: 'source',
  id: 'demonstrations',
  title: 'Demonstrations',
  doc: 'The task’s own solver writes every response; nothing is sampled from the policy.',
  equation: String.raw`y^\star\sim\mathcal D(\cdot\mid x)`,
  hyper: {},
  needs: ['demonstrations'],
  refuses: (parts) =>
    parts.stabiliser.id === 'none'
      ? parts.advantage.needs?.includes('value')
        ? `The source 'demonstrations' predicts no values, found the advantage '${parts.advantage.id}', which needs them. Choose another advantage.`
        : undefined
      : `The source 'demonstrations' has no old policy to form a ratio with, found the stabiliser '${parts.stabiliser.id}'. Choose the stabiliser 'none'.`,
});

export const constantOne = part({
  role: 'advantage',
  id: 'constant_one',
  title: 'Constant 1',
  doc: 'Every response is worth imitating.',
  equation: String.raw`\hat A\equiv1`,
  hyper: {},
  dispatches: [{ kernel: 'constant_advantage', over: ['replica', 'sequence'], note: 'every response counts 1' }],
});

export default algorithm({
  id: 'sft',
  title: 'SFT',
  summary: 'Raises the likelihood of demonstrated answers; the yardstick for everything that learns from rewards.',
  paper: { title: 'Supervised fine-tuning (maximum likelihood)', equation: 'standard' },
  source: demonstrations,
  advantage: constantOne,
  stabiliser: noMask,
  likelihood: plainLikelihood,
  regulariser: noRegulariser,
  weighting: tokenMean,
  batch: { minibatches: 1 },
});
