import type { TwinCall } from '../../src/engine/twin.ts';

/** pass@k = 1 − Π (1 − k / j) for j from n − c + 1 to n (arXiv 2107.03374); 0 where k > n. */
function pass_at(k: number, n: number, c: number): number {
  if (k > n) return 0;
  if (n - c < k) return 1;
  let none = 1;
  for (let j = n - c + 1; j <= n; j++) none *= 1 - k / j;
  return 1 - none;
}

/** Means over prompts: pass@1 … 64, maj@n, different correct responses, their share of all there are. */
export function sample_metrics({ b, size, at }: TwinCall): void {
  const { prompt_stat, metrics } = b;
  const { replica, prompt, member, num_correct, metric } = size;
  for (let r = 0; r < replica; r++) {
    const row = new Array<number>(10).fill(0);
    for (let p = r * prompt; p < (r + 1) * prompt; p++) {
      const [correct, majority, different] = prompt_stat.subarray(p * 4, p * 4 + 3);
      [1, 2, 4, 8, 16, 32, 64].forEach((k, i) => {
        row[i] += pass_at(k, member, correct) / prompt;
      });
      row[7] += majority / prompt;
      row[8] += different / prompt;
    }
    row[9] = row[8] / Math.max(num_correct, 1);
    metrics.set(row, r * metric + at.column);
  }
}
