import type { TwinCall } from '../../src/engine/twin.ts';

/** R ← 2 R − 1. */
export function signed_reward({ b }: TwinCall): void {
  b.true_rewards.forEach((reward, i) => {
    b.rewards[i] = 2 * reward - 1;
  });
}
