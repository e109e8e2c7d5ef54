import { heldOutOf, shuffled, tableDraw } from './lib/prompts.ts';
import { isSolvable, OP, solutionsOf } from './lib/twenty_four.ts';
import { task } from './task.ts';

/** 0 … 12 are the numbers 1 … 13, then the cards J, Q, K (prompt only), the operators, the parentheses, the end. */
const JACK = 13;
const { plus: PLUS, over: OVER, open: OPEN, close: CLOSE } = OP;
const END = 22;
const SYMBOLS = [
  ...Array.from({ length: 13 }, (_, i) => String(i + 1)),
  ...['J', 'Q', 'K', '+', '-', '*', '/', '(', ')', 'end'],
];

/** The number of a card: J, Q, K count 10 (`face_cards` 0), or 11, 12, 13 (`face_cards` 1). */
const cardValue = (card: number, face_cards: number): number =>
  card < JACK ? card + 1 : face_cards > 0.5 ? card - 2 : 10;
const cardOf = (rank: number): number => (rank <= 10 ? rank - 1 : rank + 2);

/** Value of a formula with exact fractions, open parentheses closed at its end; undefined where it has none. */
function evaluate(formula: readonly number[]): { num: number; den: number; num_unclosed: number } | undefined {
  let at = 0;
  let num_unclosed = 0;
  let is_error = false;
  type Fraction = { num: number; den: number };
  const atom = (): Fraction => {
    const symbol = formula[at++];
    if (symbol < JACK) return { num: symbol + 1, den: 1 };
    if (symbol !== OPEN) {
      is_error = true;
      return { num: 0, den: 1 };
    }
    const inner = sum();
    if (formula[at] === CLOSE) at++;
    else num_unclosed++;
    return inner;
  };
  const product = (): Fraction => {
    let a = atom();
    while (formula[at] === OP.times || formula[at] === OVER) {
      const op = formula[at++];
      const b = atom();
      if (op === OVER && b.num === 0) is_error = true;
      a = op === OVER ? { num: a.num * b.den, den: a.den * b.num } : { num: a.num * b.num, den: a.den * b.den };
    }
    return a;
  };
  const sum = (): Fraction => {
    let a = product();
    while (formula[at] === PLUS || formula[at] === OP.minus) {
      const sign = formula[at++] === PLUS ? 1 : -1;
      const b = product();
      a = { num: a.num * b.den + sign * b.num * a.den, den: a.den * b.den };
    }
    return a;
  };
  const { num, den } = sum();
  return is_error || at < formula.length ? undefined : { num, den, num_unclosed };
}

/** Reward of one attempt, in the paper's order of checks. `formula` has no end symbol; `is_ended` says that one followed. */
export function attemptReward(
  hand: readonly number[],
  formula: readonly number[],
  is_ended: boolean,
  goal: number,
): number {
  if (formula.some((s) => s > CLOSE || (s >= JACK && s < PLUS))) return -3;
  let total = 0;
  let depth = 0;
  let previous: 'start' | 'number' | 'operator' | 'open' | 'close' = 'start';
  for (const s of formula) {
    const kind = s < JACK ? 'number' : s <= OVER ? 'operator' : s === OPEN ? 'open' : 'close';
    const after_value = previous === 'number' || previous === 'close';
    const wants_value_before = kind === 'operator' || kind === 'close';
    if (after_value !== wants_value_before) total -= 3;
    else if (kind === 'open') depth++;
    else if (kind === 'close' && depth > 0) depth--;
    else if (kind === 'close') total -= 3;
    previous = kind;
  }
  const used = formula.filter((s) => s < JACK).map((s) => s + 1);
  const count = (list: readonly number[], n: number) => list.filter((m) => m === n).length;
  if (used.some((n) => count(used, n) > count(hand, n))) total -= 2;
  if (hand.some((n) => count(used, n) < count(hand, n))) total -= 2;
  if (total !== 0) return total;
  const value = evaluate(formula);
  if (!value || value.num !== goal * value.den) return -1;
  return value.num_unclosed > 0 || !is_ended ? 1 : 5;
}

/** Every hand of `num_cards` ranks 1 … 13, ascending. */
function handsOf(num_cards: number, least = 1): number[][] {
  if (num_cards === 0) return [[]];
  const out: number[][] = [];
  for (let rank = least; rank <= 13; rank++) for (const rest of handsOf(num_cards - 1, rank)) out.push([rank, ...rest]);
  return out;
}

/**
 * GeneralPoints of arXiv 2501.17161: cards to 24. The rule for J, Q, K is data, so it can change under a trained policy.
 * Only hands that are solvable under both rules are dealt. Demonstrations follow the training rule (face cards count 10).
 */
export default task({
  id: 'general_points',
  title: 'GeneralPoints (24)',
  summary:
    'Write a formula that uses each card once and gives the goal: 5 if it does, 1 if only closing is missing, ' +
    '−1 for a wrong value, −2 and −3 for wrong cards and for every breach of form.',
  settings: {
    cards: { value: 4, min: 3, max: 4, scale: 'int', doc: 'cards per hand' },
    goal: { value: 24, min: 12, max: 36, scale: 'int', doc: 'the value to reach' },
    num_hands: { value: 512, min: 16, max: 1024, scale: 'int', doc: 'hands dealt; fewer where fewer are solvable' },
    max_length: { value: 16, min: 12, max: 32, scale: 'int', doc: 'symbols per response; a formula needs at most 12' },
  },
  rules: {
    face_cards: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['ten', 'rank'],
      doc: 'what J, Q, K count: all 10 (training rule), or 11, 12, 13 (out of distribution)',
      source: 'arXiv 2501.17161',
    },
  },
  slots: { next_symbol: 'until_end', reward: 'general_points' },
  twins: {
    reward(length, { prompt_symbol, response_symbol, size, hyper }) {
      const hand = Array.from({ length: size.cards }, (_, j) => cardValue(prompt_symbol(j), hyper.face_cards));
      const response = Array.from({ length }, (_, t) => response_symbol(t));
      const end = response.indexOf(END);
      return attemptReward(hand, end < 0 ? response : response.slice(0, end), end >= 0, size.goal);
    },
  },
  build({ cards, goal, num_hands, max_length }) {
    const draw = tableDraw('general_points');
    const prompts: number[][] = [];
    for (const ranks of shuffled(handsOf(cards), draw)) {
      if (prompts.length === num_hands) break;
      const ten = ranks.map((r) => Math.min(r, 10));
      if (isSolvable(ten, goal) && isSolvable(ranks, goal)) prompts.push(shuffled(ranks.map(cardOf), draw));
    }
    const known = new Map<string, number[][]>();
    return {
      vocab: SYMBOLS.length,
      symbols: SYMBOLS,
      prompt_position: cards,
      position: max_length,
      sizes: { cards, goal, end_symbol: END },
      prompts,
      num_held_out: heldOutOf(prompts.length),
      optimum: 5,
      solved_reward: 5,
      demonstrate(prompt, draw) {
        const values = prompt.map((card) => cardValue(card, 0));
        const key = values.join(' ');
        const solutions = known.get(key) ?? solutionsOf(values, goal);
        known.set(key, solutions);
        return [...solutions[draw(solutions.length)], END];
      },
      show(prompt, response, reward, hyper) {
        const hand = prompt.map((card) => cardValue(card, hyper.face_cards)).join(', ');
        const verdicts: [number, string][] = [
          [5, `gives ${goal}`],
          [1, 'a solution that is not finished'],
          [-1, `uses ${hand} but does not give ${goal}`],
          [Number.NEGATIVE_INFINITY, `breaks the form or does not use ${hand} once each`],
        ];
        return {
          prompt: prompt.map((card) => SYMBOLS[card]).join(' '),
          response: response
            .map((s) => SYMBOLS[s] ?? '?')
            .join(' ')
            .replace(' end', ''),
          verdict: verdicts.find(([least]) => reward >= least)![1],
        };
      },
    };
  },
});
