/** Supervised fine-tuning: the likelihood of demonstrations, and nothing else. */
import { algorithm, part } from './algorithm.ts';
import { promptSubset } from './concise_rl.ts';
import { tokenMean } from './ppo.ts';
import { noCorrection, noMask, noRegulariser, plainLikelihood, verifier } from './reinforce.ts';

export const demonstrations = part({
  role: 'source',
  id: 'demonstrations',
  title: 'Demonstrations',
  doc: 'The task’s own solver writes every response; nothing is sampled from the policy.',
  equation: String.raw`y^\star\sim\mathcal D(\cdot\mid x)`,
  hyper: {},
  slots: { is_demonstration: { file: 'every', twin: () => true } },
  dispatches: {
    respond: [
      { kernel: 'assign_demonstrations', over: ['replica', 'sequence'], note: 'who writes each response' },
      { kernel: 'write_demonstrations', over: ['replica', 'sequence'], note: 'demonstrations in place of samples' },
    ],
  },
  needs: ['demonstrations', 'no_samples'],
  refuses: (parts) =>
    parts.advantage.needs?.includes('value')
      ? `The source “${parts.source.title}” predicts no values; the advantage “${parts.advantage.title}” needs them. Choose another advantage.`
      : undefined,
});

export const demonstrationSubset = part({
  ...demonstrations,
  id: 'demonstration_subset',
  title: 'Demonstrations of a few prompts',
  doc: 'Only the first few prompts of the task are asked, and the task’s own solver writes every response.',
  equation: String.raw`x\sim\mathcal D_{few},\ y^\star\sim\mathcal D(\cdot\mid x)`,
  hyper: promptSubset.hyper,
  slots: { ...demonstrations.slots, ...promptSubset.slots },
});

export const constantOne = part({
  role: 'advantage',
  id: 'constant_one',
  title: 'Constant 1',
  doc: 'Every response is worth imitating.',
  equation: String.raw`\hat A\equiv1`,
  hyper: {},
  dispatches: {
    advantage: [{ kernel: 'constant_advantage', over: ['replica', 'sequence'], note: 'every response counts 1' }],
  },
});

export default algorithm({
  id: 'sft',
  title: 'SFT',
  summary: 'Raises the likelihood of demonstrated answers; the yardstick for everything that learns from rewards.',
  paper: { title: 'Supervised fine-tuning (maximum likelihood)', equation: 'standard', is_yardstick: true },
  source: demonstrations,
  reward: verifier,
  advantage: constantOne,
  stabiliser: noMask,
  correction: noCorrection,
  likelihood: plainLikelihood,
  regulariser: noRegulariser,
  weighting: tokenMean,
  batch: { minibatches: 1 },
});
