/** slot -> part -> twin for everything a program may name: what the CPU engine calls. */
import { gelu_gate } from '../../shaders/lib/gelu.ref.ts';
import { partTwins } from '../algorithms/index.ts';
import { PURPOSE, randomBits } from '../engine/random.ts';
import type { SlotTwin } from '../engine/twin.ts';
import { tasks } from '../tasks/index.ts';
import { type History, NEXT, type Next, NO_ANSWER, type Task } from '../tasks/task.ts';

const shared: Record<string, Record<string, SlotTwin>> = {
  matmul_epilogue: {
    store: (_residual: number, value: number) => value,
    add: (residual: number, value: number) => residual + value,
    gelu: (_residual: number, value: number) => value * gelu_gate(value),
  },
  choose_prompt: {
    uniform: (b: number, seed: number, step: number, size: Record<string, number>) =>
      randomBits(seed, step, PURPOSE.prompt, b, 0) % size.train_count,
    in_order: (b: number, _seed: number, _step: number, size: Record<string, number>) => size.first_prompt + b,
  },
  next_symbol: {
    fixed_length: (): Next => ({ kind: NEXT.sample, symbol: 0 }),
    until_end: (t: number, history: History): Next => ({
      kind: t > 0 && history.response_symbol(t - 1) === history.size.end_symbol ? NEXT.stop : NEXT.sample,
      symbol: 0,
    }),
  },
  reward: {},
  answer: {
    // FNV-1a, one step per symbol and a last one for the length
    whole_response: (length: number, { response_symbol }: History): number => {
      const words = [...Array.from({ length }, (_, i) => response_symbol(i)), length];
      const key = words.reduce((hash, word) => Math.imul(hash ^ word, 16777619) >>> 0, 2166136261);
      return key === NO_ANSWER ? NO_ANSWER - 1 : key;
    },
  },
  response_kind: { one_kind: (): number => 0 },
};

/** The part files of a task's slots. */
export const taskSlots = (task: Task): Record<string, string> => ({
  answer: 'whole_response',
  response_kind: 'one_kind',
  ...task.slots,
});

/** Every slot's twins, from parts, tasks and the shared ones. */
export function slotTwins(): Record<string, Record<string, SlotTwin>> {
  const out: Record<string, Record<string, SlotTwin>> = partTwins();
  for (const [slot, twins] of Object.entries(shared)) out[slot] = { ...out[slot], ...twins };
  for (const task of Object.values(tasks)) {
    out.reward[task.id] = task.twins.reward;
    if (task.twins.answer) out.answer[task.id] = task.twins.answer;
    if (task.twins.response_kind) out.response_kind[task.id] = task.twins.response_kind;
    if (task.twins.next_symbol) out.next_symbol[task.id] = task.twins.next_symbol;
  }
  return out;
}
