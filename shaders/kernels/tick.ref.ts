import type { TwinCall } from '../../src/engine/twin.ts';

/** step ← step + 1. */
export function tick({ b, size }: TwinCall): void {
  for (let r = 0; r < size.replica; r++) b.clock[r * 2 + 1] += 1;
}
