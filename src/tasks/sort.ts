import { distinctRows, heldOutOf, tableDraw } from './lib/prompts.ts';
import { task } from './task.ts';

const ascending = (symbols: readonly number[]): number[] => [...symbols].sort((a, b) => a - b);

/** Sorting: a dense reward whose maximum needs every position right. */
export default task({
  id: 'sort',
  title: 'Sort',
  summary:
    "Write the prompt's symbols in ascending order; the reward is the share of positions that hold what belongs there.",
  settings: {
    num_items: { value: 6, min: 2, max: 32, scale: 'int', doc: 'symbols to sort' },
    vocab: { value: 10, min: 2, max: 64, scale: 'int', doc: 'how many different symbols there are' },
  },
  rules: {},
  slots: { next_symbol: 'fixed_length', reward: 'sort' },
  twins: {
    reward: (length, { prompt_symbol, response_symbol, size }) => {
      const wanted = ascending(Array.from({ length: size.prompt_position }, (_, j) => prompt_symbol(j)));
      return wanted.filter((symbol, i) => i < length && response_symbol(i) === symbol).length / wanted.length;
    },
  },
  build({ num_items, vocab }) {
    const prompts = distinctRows(tableDraw('sort'), vocab, num_items, 16384);
    return {
      vocab,
      symbols: Array.from({ length: vocab }, (_, i) => String(i)),
      prompt_position: num_items,
      position: num_items,
      sizes: {},
      prompts,
      num_held_out: heldOutOf(prompts.length),
      optimum: 1,
      // half a position below all of them: a quotient may be rounded
      solved_reward: 1 - 0.5 / num_items,
      num_correct: 1,
      demonstrate: (prompt) => ascending(prompt),
      show: (prompt, response, reward) => ({
        prompt: prompt.join(' '),
        response: response.join(' '),
        verdict: `${Math.round(reward * num_items)} of ${num_items} in place`,
      }),
    };
  },
});
