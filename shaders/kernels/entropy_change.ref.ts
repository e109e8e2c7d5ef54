import type { TwinCall } from '../../src/engine/twin.ts';

/** log softmax of a row. */
function logSoftmax(row: number[]): number[] {
  const top = Math.max(...row);
  const log_sum = top + Math.log(row.reduce((sum, z) => sum + Math.exp(z - top), 0));
  return row.map((z) => z - log_sum);
}

const mean = (p: number[], x: number[]): number => p.reduce((sum, w, i) => sum + w * x[i], 0);

/** H(π), H(π′) and Cov_π(log π, z′ − z) of every row; the entropy changes by minus that, to first order (arXiv 2505.22617). */
export function entropy_change({ b, size, hyper }: TwinCall): void {
  const { logits, logits_after, row_stat } = b;
  const { replica, logit_row, logit_column, vocab } = size;
  for (let i = 0; i < replica * logit_row; i++) {
    const { temperature } = hyper(Math.floor(i / logit_row));
    const from = i * logit_column;
    const [before, after] = [logits, logits_after].map((x) =>
      Array.from(x.subarray(from, from + vocab), (z) => z / temperature),
    );
    const log_p = logSoftmax(before);
    const log_q = logSoftmax(after);
    const p = log_p.map(Math.exp);
    const moved = after.map((z, v) => z - before[v]);
    const entropy = -mean(p, log_p);
    const mean_moved = mean(p, moved);
    const covariance = mean(
      p,
      log_p.map((l, v) => (l + entropy) * (moved[v] - mean_moved)),
    );
    row_stat.set([entropy, -mean(log_q.map(Math.exp), log_q), covariance, 0], i * 4);
  }
}
