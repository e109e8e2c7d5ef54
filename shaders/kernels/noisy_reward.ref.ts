import { PURPOSE, randomUniform } from '../../src/engine/random.ts';
import type { TwinCall } from '../../src/engine/twin.ts';

const OTHER_FORM = 1;
const EXPLOIT = 2;
const least_slope = 0.05;

/** A verifier that misses right responses and is fooled by wrong ones; with `debias`, (verdict − fp) / (1 − fn − fp). */
export function noisy_reward({ b, size, at, hyper }: TwinCall): void {
  const { clock, true_rewards, kinds, rewards, verdicts } = b;
  const { replica, sequence } = size;
  for (let r = 0; r < replica; r++) {
    const h = hyper(r);
    const slope = 1 - h.false_negative - h.false_positive;
    for (let s = 0; s < sequence; s++) {
      const i = r * sequence + s;
      const u = randomUniform(clock[r * 2], clock[r * 2 + 1], PURPOSE.verdict, s, at.is_greedy);
      const error =
        true_rewards[i] >= h.solved_reward
          ? Math.max(h.false_negative, kinds[i] === OTHER_FORM ? h.form_false_negative : 0)
          : Math.max(h.false_positive, kinds[i] === EXPLOIT ? h.exploit_rate : 0);
      const truth = true_rewards[i] >= h.solved_reward ? 1 : 0;
      const verdict = u < error ? 1 - truth : truth;
      verdicts[i] = verdict;
      rewards[i] =
        h.debias === 1 ? (verdict - h.false_positive) / (Math.abs(slope) < least_slope ? least_slope : slope) : verdict;
    }
  }
}
