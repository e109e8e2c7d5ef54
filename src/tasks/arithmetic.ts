import { digitsOf, distinctRows, heldOutOf, MOST_PROMPTS, tableDraw } from './lib/prompts.ts';
import { task } from './task.ts';

const PLUS = 10;
const EQUALS = 11;
const END = 12;
const SYMBOLS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '=', 'end'];

const numberOf = (digits: readonly number[]): number => digits.reduce((value, digit) => value * 10 + digit, 0);
const symbolsOf = (value: number): number[] => [...String(value)].map(Number);
const text = (symbols: readonly number[]): string =>
  symbols
    .map((s) => SYMBOLS[s] ?? '?')
    .join('')
    .replace('end', '');

/** Addition: what a scratchpad is good for. */
export default task({
  id: 'arithmetic',
  title: 'Addition',
  summary: 'Write the sum of two numbers and the end symbol; 1 for exactly the right digits, else 0.',
  settings: {
    digits: { value: 2, min: 1, max: 3, scale: 'int', doc: 'digits of each number, with leading zeros' },
    scratchpad: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'choice',
      choices: ['off', 'on'],
      doc: "With it, anything may stand before the last '=' of the response, and demonstrations write the column sums there.",
    },
  },
  rules: {},
  slots: { next_symbol: 'until_end', reward: 'arithmetic' },
  twins: {
    reward: (length, { prompt_symbol, response_symbol, size }) => {
      const { digits } = size;
      const part = (from: number) => Array.from({ length: digits }, (_, j) => prompt_symbol(from + j));
      const response = Array.from({ length }, (_, t) => response_symbol(t));
      const end = response.indexOf(END);
      if (end < 0) return 0;
      const written = response.slice(0, end);
      const answer = size.scratchpad === 1 ? written.slice(written.lastIndexOf(EQUALS) + 1) : written;
      return answer.join(' ') === symbolsOf(numberOf(part(0)) + numberOf(part(digits + 1))).join(' ') ? 1 : 0;
    },
  },
  build({ digits, scratchpad }) {
    const pairs = distinctRows(tableDraw('arithmetic'), 10, 2 * digits, MOST_PROMPTS);
    const prompts = pairs.map((row) => [...row.slice(0, digits), PLUS, ...row.slice(digits), EQUALS]);
    const terms = (prompt: readonly number[]) => [prompt.slice(0, digits), prompt.slice(digits + 1, 2 * digits + 1)];
    // two digits for every column sum, '=', digits + 1 for the answer, end
    const position = scratchpad === 1 ? 3 * digits + 3 : digits + 2;
    return {
      vocab: SYMBOLS.length,
      symbols: SYMBOLS,
      prompt_position: 2 * digits + 2,
      position,
      sizes: { digits, scratchpad, end_symbol: END },
      prompts,
      // a hundred one-digit sums are a table to be learned: eighty of them do not tell what the other twenty are
      num_held_out: digits === 1 ? 0 : heldOutOf(prompts.length),
      optimum: 1,
      solved_reward: 1,
      demonstrate(prompt) {
        const [a, b] = terms(prompt);
        const scratch: number[] = [];
        let carry = 0;
        for (let column = digits - 1; column >= 0; column--) {
          const sum = a[column] + b[column] + carry;
          carry = sum > 9 ? 1 : 0;
          scratch.push(...digitsOf(sum, 10, 2));
        }
        const answer = [...symbolsOf(numberOf(a) + numberOf(b)), END];
        return scratchpad === 1 ? [...scratch, EQUALS, ...answer] : answer;
      },
      show(prompt, response, reward) {
        const [a, b] = terms(prompt);
        const sum = numberOf(a) + numberOf(b);
        const said =
          reward === 1 ? 'right' : response.includes(END) ? `wrong, it is ${sum}` : `not ended, it is ${sum}`;
        return { prompt: text(prompt), response: text(response), verdict: said };
      },
    };
  },
});
