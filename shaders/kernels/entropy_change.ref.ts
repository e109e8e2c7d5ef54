import type { Numbers, TwinCall } from '../../src/engine/twin.ts';

/** log softmax of `count` numbers from `from` on. */
function logSoftmax(logits: Numbers, from: number, count: number): number[] {
  const row = Array.from(logits.subarray(from, from + count));
  const top = Math.max(...row);
  const log_sum = top + Math.log(row.reduce((sum, z) => sum + Math.exp(z - top), 0));
  return row.map((z) => z - log_sum);
}

const mean = (p: number[], x: number[]): number => p.reduce((sum, w, i) => sum + w * x[i], 0);

/** H(π), H(π′) and Cov_π(log π, z′ − z) of every row; the entropy changes by minus that, to first order (arXiv 2505.22617). */
export function entropy_change({ b, size }: TwinCall): void {
  const { logits, logits_after, row_stat } = b;
  const { replica, logit_row, logit_column, vocab } = size;
  for (let i = 0; i < replica * logit_row; i++) {
    const log_p = logSoftmax(logits, i * logit_column, vocab);
    const log_q = logSoftmax(logits_after, i * logit_column, vocab);
    const p = log_p.map(Math.exp);
    const moved = p.map((_, v) => logits_after[i * logit_column + v] - logits[i * logit_column + v]);
    const entropy = -mean(p, log_p);
    const entropy_after = -mean(log_q.map(Math.exp), log_q);
    const mean_moved = mean(p, moved);
    const covariance = mean(
      p,
      log_p.map((l, v) => (l + entropy) * (moved[v] - mean_moved)),
    );
    row_stat.set([entropy, entropy_after, covariance, 0], i * 4);
  }
}
