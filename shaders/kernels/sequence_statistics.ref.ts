import type { TwinCall } from '../../src/engine/twin.ts';

/** Σ (logp − old_logp) over a sequence's own tokens, and their number. */
export function sequence_statistics({ b, size }: TwinCall): void {
  const { now, recorded, sequence_index, sequence_stat } = b;
  const { replica, sequence, total_sequence, position, position_stride } = size;
  for (let i = 0; i < replica * sequence; i++) {
    const s = Math.floor(i / sequence) * total_sequence + sequence_index[i];
    let sum = 0;
    let count = 0;
    for (let t = 0; t < position; t++) {
      const token = (i * position_stride + t) * 4;
      if (now[token + 3] !== 1) continue;
      sum += now[token] - recorded[(s * position_stride + t) * 4 + 1];
      count++;
    }
    sequence_stat.set([sum, count, sequence_index[i], 0], i * 4);
  }
}
