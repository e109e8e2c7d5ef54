import type { TwinCall } from '../../src/engine/twin.ts';

/** Share of responses with at least the solved reward, and the mean reward. */
export function evaluate_metrics({ b, size, at, hyper }: TwinCall): void {
  const { rewards, metrics } = b;
  const { replica, sequence, metric } = size;
  for (let r = 0; r < replica; r++) {
    const { solved_reward } = hyper(r);
    let solved = 0;
    let sum = 0;
    for (let s = r * sequence; s < (r + 1) * sequence; s++) {
      if (rewards[s] >= solved_reward) solved++;
      sum += rewards[s];
    }
    metrics[r * metric + at.column] = solved / sequence;
    metrics[r * metric + at.column + 1] = sum / sequence;
  }
}
