import type { TwinCall } from '../../src/engine/twin.ts';
import { logit_row_of } from '../lib/rows.ref.ts';

/** δ = log Z(x) + mean log π_θ − β r̂ − mean log π_ref (arXiv 2509.15207), and the mean of log Z. */
export function flow_residual({ b, size, at, hyper }: TwinCall): void {
  const { now, recorded, advantage, logits, sequence_stat, metrics } = b;
  const { replica, sequence, total_sequence, position_stride, advantage_stride } = size;
  const { vocab, logit_row, logit_column, metric } = size;
  for (let r = 0; r < replica; r++) {
    const beta = hyper(r).flow_beta;
    let total = 0;
    for (let s = 0; s < sequence; s++) {
      const i = r * sequence + s;
      const source = r * total_sequence + sequence_stat[i * 8 + 2];
      let [logp, a, ref_logp, tokens] = [0, 0, 0, 0];
      for (let t = 0; t < position_stride; t++) {
        const token = (i * position_stride + t) * 4;
        if (now[token + 3] === 0) continue;
        const place = source * position_stride + t;
        logp += now[token];
        a += advantage[advantage_stride > 1 ? place : source];
        ref_logp += recorded[place * 4 + 2];
        tokens++;
      }
      const log_z = logits[(r * logit_row + logit_row_of(size, s, 0)) * logit_column + vocab];
      sequence_stat[i * 8 + 5] = log_z + (logp - beta * a - ref_logp) / Math.max(tokens, 1);
      total += log_z;
    }
    metrics[r * metric + at.column] = total / sequence;
  }
}
