import type { TwinCall } from '../../src/engine/twin.ts';

/** A product that should be whole may round to just below it. */
const whole_slack = 1.000001;

/** Marks the max(⌊share · own tokens⌋, 1) tokens with the largest keys above 0; among equal keys the first. */
export function pick_tokens({ b, size, at, hyper }: TwinCall): void {
  const { batch_count, keys, now, metrics } = b;
  const { replica, sequence, position_stride, metric } = size;
  const count = sequence * position_stride;
  for (let r = 0; r < replica; r++) {
    const tokens = batch_count[r * 4];
    const wanted = Math.max(Math.floor(hyper(r).pick_share * tokens * whole_slack), 1);
    const candidates = Array.from({ length: count }, (_, i) => r * count + i).filter((i) => keys[i] > 0);
    const picked = candidates.sort((x, y) => keys[y] - keys[x] || x - y).slice(0, wanted);
    for (const i of picked) now[i * 4 + 3] = 2;
    metrics[r * metric + at.column] = picked.length / Math.max(tokens, 1);
  }
}
