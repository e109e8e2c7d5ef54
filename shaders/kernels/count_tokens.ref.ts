import type { TwinCall } from '../../src/engine/twin.ts';

/** Own tokens of a minibatch, S (the sequences that have any), and how many of the tokens are demonstrated. */
export function count_tokens({ b, size }: TwinCall): void {
  const { sequence_stat, batch_count } = b;
  const { replica, sequence } = size;
  for (let r = 0; r < replica; r++) {
    let tokens = 0;
    let sequences = 0;
    let demonstrated = 0;
    for (let s = 0; s < sequence; s++) {
      const [, own, , is_demonstration] = sequence_stat.subarray((r * sequence + s) * 8, (r * sequence + s) * 8 + 4);
      tokens += own;
      if (own > 0) sequences++;
      if (is_demonstration === 1) demonstrated += own;
    }
    batch_count.set([tokens, sequences, demonstrated, 1], r * 4);
  }
}
