import type { Numbers } from '../../src/engine/twin.ts';

/** A softmax over a row of logits, by its largest logit and log Σ exp(z − largest), z = logits / temperature. */
export interface RowSoftmax {
  largest: number;
  log_sum: number;
  /** of the distribution, nats */
  entropy: number;
}

/** Computes `log Σ exp` and the entropy H = log Σ exp z − Σ π z of the row that starts at `row`. */
export function softmax_of(logits: Numbers, row: number, vocab: number, temperature: number): RowSoftmax {
  let largest = logits[row];
  for (let v = 1; v < vocab; v++) if (logits[row + v] > largest) largest = logits[row + v];
  let sum = 0;
  let weighted = 0;
  for (let v = 0; v < vocab; v++) {
    const z = (logits[row + v] - largest) / temperature;
    const e = Math.exp(z);
    sum += e;
    weighted += e * z;
  }
  const log_sum = Math.log(sum);
  return { largest, log_sum, entropy: log_sum - weighted / sum };
}
