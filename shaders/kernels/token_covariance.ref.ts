import type { TwinCall } from '../../src/engine/twin.ts';

/** cov = (A − mean A)(log π − mean log π) of every own token of the minibatch (arXiv 2505.22617). */
export function token_covariance({ b, size }: TwinCall): void {
  const { now, advantage, sequence_stat, covariances, covariance_stat } = b;
  const { replica, sequence, total_sequence, position_stride, advantage_stride } = size;
  for (let r = 0; r < replica; r++) {
    const tokens: { i: number; a: number; logp: number }[] = [];
    for (let local = r * sequence; local < (r + 1) * sequence; local++) {
      const s = r * total_sequence + sequence_stat[local * 8 + 2];
      for (let t = 0; t < position_stride; t++) {
        const i = local * position_stride + t;
        covariances[i] = 0;
        if (now[i * 4 + 3] === 0) continue;
        tokens.push({ i, a: advantage[advantage_stride > 1 ? s * position_stride + t : s], logp: now[i * 4] });
      }
    }
    const mean = (of: (token: (typeof tokens)[number]) => number): number =>
      tokens.reduce((sum, token) => sum + of(token), 0) / Math.max(tokens.length, 1);
    const mean_a = mean(({ a }) => a);
    const mean_logp = mean(({ logp }) => logp);
    for (const { i, a, logp } of tokens) covariances[i] = (a - mean_a) * (logp - mean_logp);
    covariance_stat.set([mean(({ i }) => covariances[i]), mean_a, mean_logp, tokens.length], r * 4);
  }
}
