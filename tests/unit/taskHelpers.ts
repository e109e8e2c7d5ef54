/** What the tests of tasks share: draws, histories, rollouts through a task's transitions, and its corners. */
import { fillTable } from '../../src/engine/table.ts';
import { type History, NEXT, type Task, type TaskInstance } from '../../src/tasks/task.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

export type Draw = (n: number) => number;

/** Reproducible draws for a test (mulberry32). */
export function drawOf(seed: number): Draw {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 4294967296) * n);
  };
}

export const historyOf = (
  at: TaskInstance,
  prompt: readonly number[],
  response: readonly number[],
  hyper: Record<string, number>,
): History => ({
  prompt_symbol: (j) => prompt[j],
  response_symbol: (i) => response[i] ?? 0,
  size: { ...at.sizes, prompt_position: at.prompt_position, position: at.position },
  hyper,
});

/** The shared parts `fixed_length` and `until_end` as functions. */
export function nextSymbol(task: Task): NonNullable<Task['twins']['next_symbol']> {
  if (task.twins.next_symbol) return task.twins.next_symbol;
  return (t, { response_symbol, size }) => {
    const is_over = task.slots.next_symbol === 'until_end' && t > 0 && response_symbol(t - 1) === size.end_symbol;
    return { kind: is_over ? NEXT.stop : NEXT.sample, symbol: 0 };
  };
}

/** Rolls a response through the task's transitions; `policy` draws a symbol for a position. */
export function roll(
  task: Task,
  at: TaskInstance,
  prompt: readonly number[],
  policy: (t: number) => number,
  hyper: Record<string, number> = fillTable('rule', task.rules),
) {
  const response: number[] = [];
  const token_mask: number[] = [];
  for (let t = 0; t < at.position; t++) {
    const next = nextSymbol(task)(t, historyOf(at, prompt, response, hyper));
    if (next.kind === NEXT.stop) break;
    response.push(next.kind === NEXT.force ? next.symbol : policy(t));
    token_mask.push(next.kind === NEXT.sample ? 1 : 0);
  }
  const reward = task.twins.reward(response.length, historyOf(at, prompt, response, hyper));
  return { response, token_mask, reward };
}

export const rewardOf = (
  task: Task,
  at: TaskInstance,
  prompt: readonly number[],
  response: readonly number[],
  hyper: Record<string, number> = fillTable('rule', task.rules),
) => task.twins.reward(response.length, historyOf(at, prompt, response, hyper));

/** The defaults and every combination of smallest and largest values. */
export function cornersOf(task: Task): Record<string, number>[] {
  const names = Object.keys(task.settings);
  const corners = Array.from({ length: 2 ** names.length }, (_, bits) =>
    Object.fromEntries(names.map((n, i) => [n, (bits >> i) & 1 ? task.settings[n].max : task.settings[n].min])),
  );
  return [fillTable('setting', task.settings), ...corners];
}

/** All responses of a length over a vocabulary. */
export const all = (vocab: number, length: number): number[][] =>
  length === 0 ? [[]] : all(vocab, length - 1).flatMap((r) => Array.from({ length: vocab }, (_, s) => [...r, s]));

/** The reward of the best response to a prompt that has a correct one; the optimum is the mean over all prompts. */
export const bestReward = (at: TaskInstance): number =>
  at.num_impossible ? at.solved_reward : (at.optimum ?? Number.POSITIVE_INFINITY);

/** Every response that the transitions of a task allow. */
export function everyResponse(task: Task, at: TaskInstance, prompt: readonly number[]): number[][] {
  const next = nextSymbol(task);
  const hyper = fillTable('rule', task.rules);
  const from = (response: number[]): number[][] => {
    const t = response.length;
    const { kind, symbol } = t < at.position ? next(t, historyOf(at, prompt, response, hyper)) : { kind: NEXT.stop };
    if (kind === NEXT.stop) return [response];
    if (kind === NEXT.force) return from([...response, symbol!]);
    return Array.from({ length: at.vocab }, (_, s) => from([...response, s])).flat();
  };
  return from([]);
}

const twins = slotTwins();
const defaults = { answer: 'whole_response', response_kind: 'one_kind' };

/** The key of what a response answers. */
export const answerOf = (
  task: Task,
  at: TaskInstance,
  prompt: readonly number[],
  response: readonly number[],
): number => twins.answer[task.slots.answer ?? defaults.answer](response.length, historyOf(at, prompt, response, {}));

/** The kind of a response. */
export const kindOf = (task: Task, at: TaskInstance, prompt: readonly number[], response: readonly number[]): number =>
  twins.response_kind[task.slots.response_kind ?? defaults.response_kind](
    response.length,
    historyOf(at, prompt, response, {}),
  );

/** A response with up to three mistakes: a symbol replaced, left out or put in. */
export function withMistakes(at: TaskInstance, response: readonly number[], draw: Draw): number[] {
  let out = [...response];
  for (let k = draw(3); k >= 0 && out.length > 0; k--) {
    const where = draw(out.length);
    const edit = draw(3);
    if (edit === 0) out = out.with(where, draw(at.vocab));
    else if (edit === 1) out = out.toSpliced(where, 1);
    else out = out.toSpliced(where, 0, draw(at.vocab)).slice(0, at.position);
  }
  return out;
}
