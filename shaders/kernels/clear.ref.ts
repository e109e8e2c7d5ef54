import type { TwinCall } from '../../src/engine/twin.ts';

/** Zeros. */
export function clear({ b }: TwinCall): void {
  b.cleared.fill(0);
}
