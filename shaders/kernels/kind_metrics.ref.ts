import type { TwinCall } from '../../src/engine/twin.ts';

/** Share of each kind of response, and the share solved among the responses of a kind. */
export function kind_metrics({ b, size, at, hyper }: TwinCall): void {
  const { rewards, kinds, metrics } = b;
  const { replica, sequence, metric } = size;
  for (let r = 0; r < replica; r++) {
    const shown = [0, 0, 0, 0];
    const solved = [0, 0, 0, 0];
    for (let s = r * sequence; s < (r + 1) * sequence; s++) {
      const kind = Math.min(kinds[s], 3);
      shown[kind]++;
      if (rewards[s] >= hyper(r).solved_reward) solved[kind]++;
    }
    const share = shown.map((n) => n / sequence);
    const accuracy = solved.map((n, k) => n / Math.max(shown[k], 1));
    metrics.set([...share, ...accuracy], r * metric + at.column);
  }
}
