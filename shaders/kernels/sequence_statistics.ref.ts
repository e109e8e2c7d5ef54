import type { TwinCall } from '../../src/engine/twin.ts';
import { AUTHOR } from '../lib/author.ref.ts';

/** Σ (logp − old_logp) and Σ (old_logp − sampler_logp) over a sequence's own tokens, and their number; no ratios in a demonstration. */
export function sequence_statistics({ b, size }: TwinCall): void {
  const { now, recorded, sequence_index, sequence_stat } = b;
  const { replica, sequence, total_sequence, position, position_stride } = size;
  for (let i = 0; i < replica * sequence; i++) {
    const s = Math.floor(i / sequence) * total_sequence + sequence_index[i];
    const is_demonstration = recorded[s * position_stride * 4 + 3] === AUTHOR.demonstration;
    let sum = 0;
    let sampler_sum = 0;
    let count = 0;
    for (let t = 0; t < position; t++) {
      const token = (i * position_stride + t) * 4;
      if (now[token + 3] === 0) continue;
      count++;
      if (is_demonstration) continue;
      const before = (s * position_stride + t) * 4;
      sum += now[token] - recorded[before + 1];
      sampler_sum += recorded[before + 1] - recorded[before];
    }
    sequence_stat.set([sum, count, sequence_index[i], is_demonstration ? 1 : 0, sampler_sum, 0, 0, 0], i * 8);
  }
}
