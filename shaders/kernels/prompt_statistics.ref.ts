import type { TwinCall } from '../../src/engine/twin.ts';
import { no_answer } from '../lib/answer.ref.ts';

/** Correct samples of a prompt, whether the commonest answer is right (first seen wins a tie), different correct responses. */
export function prompt_statistics({ b, size, hyper }: TwinCall): void {
  const { rewards, answers, length, tokens, prompt_stat } = b;
  const { replica, prompt, member, context, prompt_position } = size;
  for (let i = 0; i < replica * prompt; i++) {
    const solved = hyper(Math.floor(i / prompt)).solved_reward;
    const samples = Array.from({ length: member }, (_, m) => i * member + m);
    const correct = samples.filter((s) => rewards[s] >= solved);
    const text = (s: number) => {
      const start = s * context + prompt_position;
      return Array.from(tokens.subarray(start, start + length[s])).join(' ');
    };
    const votes = new Map<number, number>();
    for (const s of samples) if (answers[s] !== no_answer) votes.set(answers[s], (votes.get(answers[s]) ?? 0) + 1);
    let majority: number | undefined;
    for (const [answer, count] of votes) {
      if (majority === undefined || count > votes.get(majority)!) majority = answer;
    }
    const is_right = correct.some((s) => answers[s] === majority);
    prompt_stat.set([correct.length, is_right ? 1 : 0, new Set(correct.map(text)).size, 0], i * 4);
  }
}
