import { PURPOSE, randomBits } from '../../src/engine/random.ts';
import type { TwinCall } from '../../src/engine/twin.ts';

/** The groups in the order of their random numbers, ties by index. */
export function shuffle_prompts({ b, size, at }: TwinCall): void {
  const { clock, prompt_order } = b;
  const { replica, prompt } = size;
  for (let r = 0; r < replica; r++) {
    const keys = Array.from({ length: prompt }, (_, p) =>
      randomBits(clock[r * 2], clock[r * 2 + 1], PURPOSE.shuffle, at.epoch, p),
    );
    const order = keys.map((_, p) => p).sort((p, q) => keys[p] - keys[q] || p - q);
    prompt_order.set(order, r * prompt);
  }
}
