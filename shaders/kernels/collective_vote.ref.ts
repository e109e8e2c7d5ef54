import type { TwinCall } from '../../src/engine/twin.ts';
import { no_answer } from '../lib/answer.ref.ts';

/** v(a) = Σ_j w_j n_{j,a} over replicas j with w_j = SC_j or 1, and R = [a = argmax v] (arXiv 2508.12338). */
export function collective_vote({ b, size, hyper }: TwinCall): void {
  const { answers, true_rewards, rewards, verdicts, votes, label_stat } = b;
  const { replica, prompt, member } = size;
  for (let p = 0; p < prompt; p++) {
    const ensemble = Array.from({ length: replica }, (_, r) => {
      const group = Array.from({ length: member }, (_, m) => (r * prompt + p) * member + m);
      const counts = new Map<number, number>();
      for (const s of group) if (answers[s] !== no_answer) counts.set(answers[s], (counts.get(answers[s]) ?? 0) + 1);
      const most = Math.max(0, ...counts.values());
      const { vote_weight, solved_reward } = hyper(r);
      // K times SC_j and K times the weight: whole numbers, so that a tie is one
      return { r, group, counts, consistency: most / member, weight: vote_weight === 1 ? member : most, solved_reward };
    });
    // a map keeps the order of first appearance
    const total = new Map<number, number>();
    for (const { counts, weight } of ensemble)
      for (const [answer, n] of counts) total.set(answer, (total.get(answer) ?? 0) + weight * n);
    let label: number | undefined;
    for (const [answer, v] of total) if (label === undefined || v > total.get(label)!) label = answer;
    const all = [...total.values()].reduce((sum, v) => sum + v, 0);
    const share = label === undefined ? 0 : total.get(label)! / all;
    const is_solved = (s: number, solved_reward: number) => true_rewards[s] >= solved_reward;
    const is_right = ensemble.some(({ group, solved_reward }) =>
      group.some((s) => answers[s] === label && is_solved(s, solved_reward)),
    );
    for (const { r, group, consistency, solved_reward } of ensemble) {
      for (const s of group) {
        rewards[s] = answers[s] === label ? 1 : 0;
        verdicts[s] = rewards[s];
        votes[s] = (total.get(answers[s]) ?? 0) / member;
      }
      const right = group.filter((s) => (rewards[s] === 1) === is_solved(s, solved_reward)).length / member;
      label_stat.set([is_right ? 1 : 0, share, right, consistency], (r * prompt + p) * 4);
    }
  }
}
