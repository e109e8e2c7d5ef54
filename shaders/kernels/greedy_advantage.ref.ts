import type { TwinCall } from '../../src/engine/twin.ts';

/** A = R − R(greedy) (arXiv 2310.10505). */
export function greedy_advantage({ b, size }: TwinCall): void {
  const { rewards, greedy_rewards, advantage } = b;
  rewards.forEach((reward, i) => {
    advantage[i] = reward - greedy_rewards[Math.floor(i / size.member)];
  });
}
