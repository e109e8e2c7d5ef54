import type { TwinCall } from '../../src/engine/twin.ts';

/** 1 for every response that the verifier calls solved, else 0. */
export function judge_responses({ b, size, hyper }: TwinCall): void {
  b.true_rewards.forEach((reward, i) => {
    b.verdicts[i] = reward >= hyper(Math.floor(i / size.sequence)).solved_reward ? 1 : 0;
  });
}
