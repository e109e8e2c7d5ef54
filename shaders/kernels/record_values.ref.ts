import type { TwinCall } from '../../src/engine/twin.ts';

/** Copies the value of every token from `now`. */
export function record_values({ b }: TwinCall): void {
  b.values.forEach((_, i) => {
    b.values[i] = b.now[i * 4 + 2];
  });
}
