import { heldOutOf, shuffled, tableDraw } from './lib/prompts.ts';
import { type History, NEXT, NO_ANSWER, task } from './task.ts';

interface Range {
  low: number;
  high: number;
}
const sizeOf = ({ low, high }: Range): number => high - low + 1;

/** Turns that halving needs for n numbers in the worst case, which is the case that the host chooses: ⌊log₂ n⌋ + 1. */
const fewestTurns = (n: number): number => Math.floor(Math.log2(n)) + 1;

const HIGHER = 0;
const LOWER = 1;
const CORRECT = 2;

/** What the host says to a guess; narrows the range to the numbers that are still possible. */
function answer(range: Range, guess: number): number {
  if (guess < range.low) return HIGHER;
  if (guess > range.high) return LOWER;
  if (range.low === range.high) return CORRECT;
  if (range.high - guess >= guess - range.low) {
    range.low = guess + 1;
    return HIGHER;
  }
  range.high = guess - 1;
  return LOWER;
}

/** The host's answer to the last of `turns` guesses. */
function replay({ prompt_symbol, response_symbol }: History, turns: number): number {
  const range = { low: prompt_symbol(0), high: prompt_symbol(1) };
  let said = HIGHER;
  for (let k = 0; k < turns; k++) said = answer(range, response_symbol(2 * k));
  return said;
}

/**
 * Several turns with forced observations: the policy guesses at even positions, the host answers at odd ones (mask 0).
 * The host has not chosen a number: it answers so that as many as possible stay open, and gives in when one is left.
 * So nothing is hidden that a policy could learn by heart, and the best play is known.
 */
export default task({
  id: 'guess_number',
  title: 'Guess the number',
  summary:
    'Guess a number in the range that the prompt names; after each guess the host says higher, lower or correct. ' +
    '1 for the fewest possible turns, less for every further one, 0 if the number is never found.',
  settings: {
    numbers: {
      value: 16,
      min: 4,
      max: 32,
      scale: 'int',
      doc: 'numbers that may be guessed; prompts are ranges of them',
    },
    turns: { value: 8, min: 6, max: 16, scale: 'int', doc: 'guesses that are allowed; halving needs at most 6' },
  },
  rules: {},
  slots: { next_symbol: 'guess_number', reward: 'guess_number', answer: 'guess_number' },
  twins: {
    next_symbol(t, history) {
      const first = history.size.numbers;
      if (t % 2 === 1) return { kind: NEXT.force, symbol: first + replay(history, (t + 1) / 2) };
      const is_over = t > 0 && history.response_symbol(t - 1) === first + CORRECT;
      return { kind: is_over ? NEXT.stop : NEXT.sample, symbol: 0 };
    },
    reward(length, { prompt_symbol, response_symbol, size }) {
      const fewest = fewestTurns(sizeOf({ low: prompt_symbol(0), high: prompt_symbol(1) }));
      for (let turn = 1; 2 * turn <= length; turn++) {
        if (response_symbol(2 * turn - 1) === size.numbers + CORRECT) return 1 - (turn - fewest) / size.turns;
      }
      return 0;
    },
    answer(length, { response_symbol, size }) {
      const said = Array.from({ length: Math.floor(length / 2) }, (_, k) => response_symbol(2 * k + 1));
      const turn = said.indexOf(size.numbers + CORRECT);
      return turn < 0 ? NO_ANSWER : response_symbol(2 * turn);
    },
  },
  build({ numbers, turns }) {
    const ranges: number[][] = [];
    for (let low = 0; low < numbers; low++) for (let high = low + 1; high < numbers; high++) ranges.push([low, high]);
    const prompts = shuffled(ranges, tableDraw('guess_number'));
    const symbols = [...Array.from({ length: numbers }, (_, i) => String(i)), 'higher', 'lower', 'correct'];
    return {
      vocab: numbers + 3,
      symbols,
      prompt_position: 2,
      position: 2 * turns,
      sizes: { numbers, turns },
      prompts,
      num_held_out: heldOutOf(prompts.length),
      optimum: 1,
      // found in the last turn gives at least 2 / turns, not found gives 0
      solved_reward: 1 / turns,
      /** Guesses and answers, as they would stand in the response. */
      demonstrate([low, high], draw) {
        const range = { low, high };
        const out: number[] = [];
        for (let said = HIGHER; said !== CORRECT; out.push(numbers + said)) {
          const n = sizeOf(range);
          const good: number[] = [];
          for (let k = 0; k < n; k++) {
            const left = Math.max(k, n - 1 - k);
            if (left === 0 || fewestTurns(left) < fewestTurns(n)) good.push(range.low + k);
          }
          const guess = good[draw(good.length)];
          out.push(guess);
          said = answer(range, guess);
        }
        return out;
      },
      show([low, high], response, reward) {
        const num_turns = Math.ceil(response.length / 2);
        const fewest = fewestTurns(sizeOf({ low, high }));
        return {
          prompt: `a number from ${low} to ${high}`,
          response: response.map((s) => symbols[s] ?? '?').join(' '),
          verdict: reward > 0 ? `found in ${num_turns} turns; ${fewest} are enough` : `not found in ${num_turns} turns`,
        };
      },
    };
  },
});
