import type { TwinCall } from '../../src/engine/twin.ts';

/** R, or 2 R − 1, plus the soft overlong penalty min(0, −(n − (L_max − L_c)) / L_c · f) (arXiv 2503.14476 Eq. 13). */
export function overlong_reward({ b, size, hyper }: TwinCall): void {
  const { true_rewards, length, rewards } = b;
  for (let i = 0; i < rewards.length; i++) {
    const { overlong_buffer, overlong_factor, reward_is_signed } = hyper(Math.floor(i / size.sequence));
    const allowed = size.position - overlong_buffer;
    const penalty = Math.min(0, (-(length[i] - allowed) / overlong_buffer) * overlong_factor);
    rewards[i] = (reward_is_signed === 1 ? 2 * true_rewards[i] - 1 : true_rewards[i]) + penalty;
  }
}
