import type { TwinCall } from '../../src/engine/twin.ts';

/** Own tokens of a minibatch, and S, the sequences that have any. */
export function count_tokens({ b, size }: TwinCall): void {
  const { sequence_stat, batch_count } = b;
  const { replica, sequence } = size;
  for (let r = 0; r < replica; r++) {
    let tokens = 0;
    let sequences = 0;
    for (let s = 0; s < sequence; s++) {
      const own = sequence_stat[(r * sequence + s) * 4 + 1];
      tokens += own;
      if (own > 0) sequences++;
    }
    batch_count[r * 2] = tokens;
    batch_count[r * 2 + 1] = sequences;
  }
}
