import type { TwinCall } from '../../src/engine/twin.ts';

/** The mean of one number per response. */
export function mean_metric({ b, size, at }: TwinCall): void {
  const { measured, metrics } = b;
  const { replica, sequence, metric } = size;
  for (let r = 0; r < replica; r++) {
    let sum = 0;
    for (let s = 0; s < sequence; s++) sum += measured[r * sequence + s];
    metrics[r * metric + at.column] = sum / sequence;
  }
}
