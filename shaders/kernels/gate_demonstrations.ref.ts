import type { TwinCall } from '../../src/engine/twin.ts';
import { AUTHOR } from '../lib/author.ref.ts';

/** k ≤ γ right responses: one demonstration instead of the group (arXiv 2509.04419); and the share of such groups. */
export function gate_demonstrations({ b, size, at, hyper }: TwinCall): void {
  const { verdicts, recorded, metrics } = b;
  const { replica, prompt, member, sequence, position_stride, metric } = size;
  for (let r = 0; r < replica; r++) {
    const { gate } = hyper(r);
    let gated = 0;
    for (let g = 0; g < prompt; g++) {
      const first = r * sequence + g * member;
      const right = verdicts.subarray(first, first + member).filter((verdict) => verdict === 1).length;
      for (let m = 0; m < member; m++) {
        const instead = m === 0 ? AUTHOR.demonstration : AUTHOR.nobody;
        recorded[(first + m) * position_stride * 4 + 3] = right <= gate ? instead : AUTHOR.policy;
      }
      if (right <= gate) gated++;
    }
    metrics[r * metric + at.column] = gated / prompt;
  }
}
