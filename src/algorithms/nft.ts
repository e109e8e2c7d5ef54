/** NFT (arXiv 2505.18116): maximum likelihood on right and on wrong answers, through one network. */
import type { Token } from '../../shaders/lib/token.ref.ts';
import { algorithm, part } from './algorithm.ts';
import { dynamicSampling } from './dapo.ts';
import grpo from './grpo.ts';
import { constantRows } from './luffy.ts';
import { noMask, noRegulariser } from './reinforce.ts';

/** The ratio's logarithm is cut here from above, as in the public code. */
const log_limit = 10;
/** Right and wrong are all that counts here: the verdict takes the place of a graded or shaped reward. */
const by_verdict = { rewards: 'verdicts' };

export const negativeAwareWeight = part({
  role: 'advantage',
  id: 'negative_aware_weight',
  title: 'Negative-aware weight',
  doc: 'A weight of the prompt for right responses, and what then belongs to wrong ones; groups without both count nothing.',
  equation: String.raw`\omega(q)\ \text{if right, else}\ -\omega(q)\frac{r_q}{1-r_q}`,
  hyper: {
    nft_normalise: {
      value: 1,
      min: 0,
      max: 2,
      scale: 'choice',
      choices: ['none', 'mean', 'spread'],
      doc: 'weight of a prompt with success rate r: 1, 1 − r (on-policy the gradient of Dr. GRPO), or √((1 − r) / r) (that of GRPO)',
      symbol: String.raw`\omega`,
      source: 'arXiv 2505.18116: mean',
    },
  },
  slots: {
    group_advantage_of: {
      file: 'negative_aware',
      twin: (reward, g, h) => {
        if (g.mean <= 0 || g.mean >= 1 || g.count === 1) return 0;
        const r = Math.min(Math.max(g.mean, 0.02), 0.98);
        const weight = [1, 1 - r, Math.sqrt((1 - r) / r)][h.nft_normalise];
        return reward === 1 ? weight : (-weight * r) / (1 - r);
      },
    },
  },
  dispatches: {
    advantage: [
      {
        kernel: 'group_advantage',
        over: ['replica', 'group'],
        bind: by_verdict,
        note: 'right or wrong, by success rate',
      },
    ],
  },
});

/** log ρ of a token or a response, ρ, and the implicit negative ratio above its floor. */
function ratios(t: Token, h: Record<string, number>) {
  const log_ratio = h.nft_ratio === 1 ? t.sequence_log_ratio : t.logp - t.old_logp;
  const capped = Math.min(log_ratio, log_limit);
  const ratio = Math.exp(capped);
  return {
    is_capped: log_ratio > log_limit,
    log_ratio: capped,
    ratio,
    negative: Math.max((1 - t.signal * ratio) / (1 - t.signal), h.nft_floor),
  };
}

export const negativeAware = part({
  role: 'likelihood',
  id: 'negative_aware',
  title: 'Negative-aware',
  doc: 'Right responses count by the log of their ratio, wrong ones by the log of the negative policy’s ratio, which follows from it.',
  equation: String.raw`-\log\rho\ \text{or}\ -\lambda\log\max\Big(\frac{1-r_q\rho}{1-r_q},c\Big)`,
  terms: [
    {
      symbol: 'c',
      doc: 'floor of the negative ratio',
      names: ['nft_floor', 'nft_negative_ratio', 'negative'],
      knob: 'nft_floor',
    },
  ],
  hyper: {
    nft_negative_weight: {
      value: 1,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'weight of wrong responses; 0 is rejection fine-tuning',
      symbol: String.raw`\lambda`,
      source: 'arXiv 2505.18116',
    },
    nft_floor: {
      value: 1,
      min: 0.01,
      max: 1,
      scale: 'log',
      doc: 'the negative ratio is taken as at least this; at 1 a wrong token is never pushed harder than on-policy',
      symbol: 'c',
      source: '1 in the public code; a small ε in arXiv 2505.18116',
    },
    nft_ratio: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['token', 'response'],
      doc: 'the ratio of each token, or of the whole response',
      source: 'arXiv 2505.18116: token',
    },
  },
  slots: {
    likelihood_gradient: {
      file: 'negative_aware',
      twin: (t: Token, h) => {
        const { is_capped, ratio, negative } = ratios(t, h);
        if (is_capped) return 0;
        return t.advantage > 0 ? 1 : (h.nft_negative_weight * ratio) / negative;
      },
    },
    likelihood_objective: {
      file: 'negative_aware',
      twin: (t: Token, _stabilised: number, h) => {
        const { log_ratio, negative } = ratios(t, h);
        const share = h.nft_ratio === 1 ? 1 / Math.max(t.sequence_tokens, 1) : 1;
        if (t.advantage > 0) return -share * t.advantage * log_ratio;
        const omega = (-t.advantage * (1 - t.signal)) / t.signal;
        return -share * h.nft_negative_weight * omega * Math.log(negative);
      },
    },
  },
  dispatches: {
    update: [
      { kernel: 'group_success', over: ['replica', 'sequence'], bind: by_verdict, note: 'success rate of the prompt' },
    ],
  },
  refuses: (parts) =>
    parts.stabiliser.slots?.importance_weight?.file !== 'none'
      ? `The likelihood 'negative_aware' has the ratio to the old policy inside its logarithm; the stabiliser '${parts.stabiliser.id}' would apply it twice. Choose 'none'.`
      : undefined,
});

export default algorithm({
  ...grpo,
  id: 'nft',
  title: 'NFT',
  summary:
    'Learns by maximum likelihood from right answers and, through the policy of wrong answers that they imply, from wrong ones.',
  paper: {
    title: 'Bridging supervised learning and reinforcement learning in math reasoning',
    arxiv: '2505.18116',
    equation: 'implicit negative policy',
  },
  source: dynamicSampling,
  advantage: negativeAwareWeight,
  stabiliser: noMask,
  likelihood: negativeAware,
  regulariser: noRegulariser,
  weighting: constantRows,
  departures: [
    'Sums over tokens are divided by a length and a number of rows instead of by 1000, which keeps the learning rate’s meaning.',
    'A step draws a fixed number of groups (oversample) and leaves out those that are all right or all wrong, instead of drawing until the batch is full.',
  ],
});
