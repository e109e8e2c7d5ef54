import type { TwinCall } from '../../src/engine/twin.ts';
import { no_answer } from '../lib/answer.ref.ts';

/** R = [a = ŷ] with ŷ the commonest answer of the group, the one seen first in a tie (arXiv 2504.16084). */
export function majority_vote({ b, size, hyper }: TwinCall): void {
  const { answers, true_rewards, rewards, verdicts, label_stat } = b;
  const { replica, prompt, member } = size;
  for (let g = 0; g < replica * prompt; g++) {
    const { solved_reward } = hyper(Math.floor(g / prompt));
    const group = Array.from({ length: member }, (_, m) => g * member + m);
    const votes = new Map<number, number>();
    for (const s of group) if (answers[s] !== no_answer) votes.set(answers[s], (votes.get(answers[s]) ?? 0) + 1);
    const most = Math.max(0, ...votes.values());
    const label = [...votes].find(([, count]) => count === most)?.[0];
    for (const s of group) {
      rewards[s] = answers[s] === label ? 1 : 0;
      verdicts[s] = rewards[s];
    }
    const solved = group.filter((s) => true_rewards[s] >= solved_reward);
    const agreeing = group.filter((s) => (rewards[s] === 1) === true_rewards[s] >= solved_reward);
    const is_right = solved.some((s) => rewards[s] === 1);
    label_stat.set([is_right ? 1 : 0, most / member, agreeing.length / member, most / member], g * 4);
  }
}
