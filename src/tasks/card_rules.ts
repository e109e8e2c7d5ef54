import { happens } from './lib/chance.ts';
import { distinctRows, heldOutOf, shuffled, tableDraw } from './lib/prompts.ts';
import { task } from './task.ts';

/** What each rule puts first; the first of them is the one that a second phase of training practises. */
const RULES: readonly { name: string; is_first: (card: number, numbers: number) => boolean }[] = [
  { name: 'even first', is_first: (card) => card % 2 === 0 },
  { name: 'odd first', is_first: (card) => card % 2 === 1 },
  { name: 'low first', is_first: (card, numbers) => card < numbers / 2 },
  { name: 'high first', is_first: (card, numbers) => card >= numbers / 2 },
];

/** The cards that the rule puts first, and the others, each as dealt. */
function sides([rule, ...cards]: readonly number[], numbers: number): [number[], number[]] {
  const { is_first } = RULES[rule - numbers];
  return [cards.filter((card) => is_first(card, numbers)), cards.filter((card) => !is_first(card, numbers))];
}

const ascending = (cards: readonly number[]): number[] => [...cards].sort((a, b) => a - b);
const falling = (cards: readonly number[]): number[] => ascending(cards).reverse();

/**
 * Many right answers to every prompt, and a rule that the prompt names: a policy that knows all rules a little practises one
 * of them. What does it learn about that rule's other hands, and what does it keep of the other rules?
 */
export default task({
  id: 'card_rules',
  title: 'Cards under a rule',
  summary:
    'Lay down the cards of the hand, those that the rule in the prompt puts first before all others, each side in any ' +
    'order; 1 if so, else 0.',
  settings: {
    numbers: { value: 8, min: 4, max: 16, scale: 'int', doc: 'the cards are 0 … numbers − 1' },
    cards: { value: 3, min: 2, max: 6, scale: 'int', doc: 'cards in a hand' },
    num_hands: {
      value: 320,
      min: 10,
      max: 1024,
      scale: 'int',
      doc: 'how many hands there are; a fifth of them is held out under every rule. The first prompts are those of the rule “even first”.',
    },
    pretrain_accuracy: {
      value: 0.6,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'share of pre-training data that follows the rule; the rest is the hand in any order, right only by luck',
    },
    demonstrated_order: {
      value: 1,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['as_dealt', 'falling'],
      doc: 'order of each side in demonstrations: as the pre-training data have it, or another one',
    },
  },
  rules: {},
  slots: { next_symbol: 'fixed_length', reward: 'card_rules', response_kind: 'card_rules' },
  twins: {
    reward: (length, { prompt_symbol, response_symbol, size }) => {
      const prompt = Array.from({ length: size.prompt_position }, (_, j) => prompt_symbol(j));
      const response = Array.from({ length }, (_, t) => response_symbol(t));
      const [first, others] = sides(prompt, size.numbers);
      const isSame = (a: number[], b: number[]) => ascending(a).join(' ') === ascending(b).join(' ');
      return isSame(response.slice(0, first.length), first) && isSame(response.slice(first.length), others) ? 1 : 0;
    },
    response_kind: (_length, { prompt_symbol, size }) => (prompt_symbol(0) === size.numbers ? 0 : 1),
  },
  build({ numbers, cards, num_hands, pretrain_accuracy, demonstrated_order }) {
    const symbols = [...Array.from({ length: numbers }, (_, i) => String(i)), ...RULES.map(({ name }) => name)];
    const hands = distinctRows(tableDraw('card_rules'), numbers, cards, num_hands);
    const num_held_hands = heldOutOf(hands.length);
    const trained = hands.slice(0, hands.length - num_held_hands);
    // a held-out hand is asked twice: under the first rule, and under the others in turn
    const held_out = hands.slice(trained.length).flatMap((hand, i) => [
      [numbers, ...hand],
      [numbers + 1 + (i % (RULES.length - 1)), ...hand],
    ]);
    const right = (prompt: readonly number[], order: (side: number[]) => number[]) =>
      sides(prompt, numbers).flatMap(order);
    return {
      vocab: symbols.length,
      symbols,
      prompt_position: 1 + cards,
      position: cards,
      sizes: { numbers },
      prompts: [...RULES.flatMap((_, rule) => trained.map((hand) => [numbers + rule, ...hand])), ...held_out],
      num_held_out: held_out.length,
      optimum: 1,
      solved_reward: 1,
      kinds: ['even first', 'the other rules'],
      demonstrate: (prompt) => right(prompt, demonstrated_order === 1 ? falling : (side) => side),
      /** Each side as dealt; or, in the share that is not right, any order of the hand. */
      pretrain: (prompt, draw) =>
        happens(draw, pretrain_accuracy) ? right(prompt, (side) => side) : shuffled(prompt.slice(1), draw),
      show: (prompt, response, reward) => ({
        prompt: `${symbols[prompt[0]]}: ${prompt.slice(1).join(' ')}`,
        response: response.map((s) => symbols[s] ?? '?').join(' '),
        verdict: reward === 1 ? 'right' : `right would be ${right(prompt, (side) => side).join(' ')}`,
      }),
    };
  },
});
