import type { TwinCall } from '../../src/engine/twin.ts';

/** A = 1. */
export function constant_advantage({ b }: TwinCall): void {
  b.advantage.fill(1);
}
