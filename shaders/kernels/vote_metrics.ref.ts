import type { TwinCall } from '../../src/engine/twin.ts';

/** Means over groups of the four numbers that a vote leaves per group. */
export function vote_metrics({ b, size, at }: TwinCall): void {
  const { label_stat, metrics } = b;
  const { replica, prompt, metric } = size;
  for (let r = 0; r < replica; r++) {
    const sum = [0, 0, 0, 0];
    for (let g = r * prompt; g < (r + 1) * prompt; g++) for (let k = 0; k < 4; k++) sum[k] += label_stat[g * 4 + k];
    metrics.set(
      sum.map((x) => x / prompt),
      r * metric + at.column,
    );
  }
}
