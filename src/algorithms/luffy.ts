/** LUFFY (arXiv 2504.14945): a demonstration in every group, and more weight on its unlikely symbols. */
import { log_ratio_limit, ratio_of, type Token } from '../../shaders/lib/token.ref.ts';
import { algorithm, part } from './algorithm.ts';
import { constantLength, groupCentred } from './dr_grpo.ts';
import { groupStandardised } from './grpo.ts';
import { noCorrection, noRegulariser, verifier } from './reinforce.ts';

export const mixedDemonstrations = part({
  role: 'source',
  id: 'mixed_demonstrations',
  title: 'Mixed with demonstrations',
  doc: 'In every group the task’s own solver writes the last responses, the policy the others.',
  equation: String.raw`y_1,\dots,y_{G-n}\sim\pi_\theta,\quad y_{G-n+1},\dots,y_G\sim\mathcal D(\cdot\mid x)`,
  hyper: {
    num_demonstrations: {
      value: 1,
      min: 0,
      max: 16,
      scale: 'int',
      doc: 'demonstrations in every group',
      symbol: 'n',
      source: '1 of 8 in arXiv 2504.14945',
    },
  },
  slots: {
    is_demonstration: {
      file: 'last_members',
      twin: (member: number, members: number, h) => member + h.num_demonstrations >= members,
    },
  },
  dispatches: {
    respond: [
      { kernel: 'assign_demonstrations', over: ['replica', 'sequence'], note: 'who writes each response' },
      { kernel: 'write_demonstrations', over: ['replica', 'sequence'], note: 'demonstrations in place of samples' },
    ],
  },
  needs: ['demonstrations'],
  refuses: (parts) =>
    parts.advantage.needs?.includes('value')
      ? `The source “${parts.source.title}” predicts no values on demonstrations; the advantage “${parts.advantage.title}” needs them. Choose another advantage.`
      : undefined,
});

export const onPolicyBaseline = part({
  role: 'advantage',
  id: 'on_policy_baseline',
  title: 'On-policy baseline',
  doc: 'The reward less the mean of the policy’s own responses, divided by their standard deviation; demonstrations are judged by it but not in it.',
  equation: String.raw`\hat A_i=\frac{R_i-\mu_{on}}{\sigma_{on}+\epsilon}`,
  hyper: groupStandardised.hyper,
  slots: groupStandardised.slots,
  dispatches: {
    advantage: [
      { kernel: 'on_policy_advantage', over: ['replica', 'group'], note: 'relative to the policy’s own responses' },
    ],
  },
});

export const unclipped = part({
  role: 'stabiliser',
  id: 'unclipped',
  title: 'Unclipped ratio or likelihood',
  doc: 'Every token counts by its ratio to the old policy, without a clip; a demonstration has no old policy and counts by its likelihood.',
  equation: String.raw`\rho\hat A`,
  hyper: {},
  slots: {
    stable_mask: { file: 'none', twin: () => 1 },
    importance_weight: {
      file: 'old_policy',
      twin: (t: Token) => (Math.abs(t.logp - t.old_logp) <= log_ratio_limit ? ratio_of(t) : 0),
    },
    objective: {
      file: 'unclipped',
      twin: (t: Token) => -t.advantage * (t.is_demonstration ? t.logp : ratio_of(t)),
    },
  },
});

export const policyShaping = part({
  role: 'likelihood',
  id: 'policy_shaping',
  title: 'Policy shaping',
  doc: 'A demonstrated symbol counts by a concave function of its probability, so that an unlikely one still teaches; the policy’s own tokens are as they were.',
  equation: String.raw`\hat A f(\pi_\theta),\quad f(\pi)=\frac{\pi}{\pi+\gamma}\ \text{on demonstrations}`,
  hyper: {
    shaping_gamma: {
      value: 0.1,
      min: 0.01,
      max: 1,
      scale: 'log',
      doc: 'the probability at which a demonstrated symbol teaches most',
      symbol: String.raw`\gamma`,
      source: 'arXiv 2504.14945',
    },
    shaping: {
      value: 1,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['none', 'shaped'],
      doc: 'whether a demonstrated symbol counts by f(π) or by its probability π itself',
      source: 'arXiv 2504.14945: shaped',
    },
  },
  slots: {
    likelihood_gradient: {
      file: 'policy_shaping',
      twin: (t: Token, h) => {
        if (!t.is_demonstration) return 1;
        const p = Math.exp(t.logp);
        return h.shaping === 1 ? (h.shaping_gamma * p) / (p + h.shaping_gamma) ** 2 : p;
      },
    },
    likelihood_objective: {
      file: 'policy_shaping',
      twin: (t: Token, stabilised: number, h) => {
        if (!t.is_demonstration) return stabilised;
        const p = Math.exp(t.logp);
        return -t.advantage * (h.shaping === 1 ? p / (p + h.shaping_gamma) : p);
      },
    },
  },
});

export const constantRows = part({
  role: 'weighting',
  id: 'constant_rows',
  title: 'Constant length and rows',
  doc: 'The sum over all tokens divided by a constant length and a constant number of responses, however many there are.',
  equation: 'w_{i,t}=m_{i,t}/(L_0N_0)',
  hyper: {
    ...constantLength.hyper,
    norm_rows: {
      value: 8,
      min: 1,
      max: 4096,
      scale: 'int',
      doc: 'the constant N₀; it rescales the gradient, and beside a mean over demonstrations weighs against it',
      symbol: 'N_0',
      source: 'no division by rows in arXiv 2504.14945',
    },
  },
  slots: {
    token_weight: { file: 'constant_rows', twin: (_c, h) => 1 / (h.norm_length * h.norm_rows) },
  },
});

export default algorithm({
  id: 'luffy',
  title: 'LUFFY',
  summary:
    'Lets a demonstration compete with the policy’s own answers in every group, and shapes its gradient so that unlikely symbols still teach.',
  paper: {
    title: 'Learning to reason under off-policy guidance',
    arxiv: '2504.14945',
    equation: 'policy shaping',
  },
  source: mixedDemonstrations,
  reward: verifier,
  advantage: groupCentred,
  stabiliser: unclipped,
  correction: noCorrection,
  likelihood: policyShaping,
  regulariser: noRegulariser,
  weighting: constantRows,
  defaults: { entropy_coef: 0.001 },
  home: { task: 'one_answer' },
  departures: [
    'The task’s solver writes the demonstrations instead of a stronger model.',
    'Sums over tokens are divided by a number of rows too, so that the learning rate means the same for every batch size.',
    'The entropy bonus has the weights of the loss, 1 / (L₀ N₀) per token; there it is a mean over all tokens.',
  ],
});
