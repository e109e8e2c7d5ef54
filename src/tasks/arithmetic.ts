import { digitsOf, distinctRows, heldOutOf, MOST_PROMPTS, numberOf, tableDraw } from './lib/prompts.ts';
import { type History, NO_ANSWER, task } from './task.ts';

const PLUS = 10;
const EQUALS = 11;
const END = 12;
const SYMBOLS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '=', 'end'];

const symbolsOf = (value: number): number[] => [...String(value)].map(Number);
const text = (symbols: readonly number[]): string =>
  symbols
    .map((s) => SYMBOLS[s] ?? '?')
    .join('')
    .replace('end', '');

/** What is written before the end symbol, with a scratchpad behind the last '='; undefined without an end. */
function answerIn(length: number, { response_symbol, size }: History): number[] | undefined {
  const response = Array.from({ length }, (_, t) => response_symbol(t));
  const end = response.indexOf(END);
  if (end < 0) return undefined;
  const written = response.slice(0, end);
  return size.scratchpad === 1 ? written.slice(written.lastIndexOf(EQUALS) + 1) : written;
}

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
  slots: { next_symbol: 'until_end', reward: 'arithmetic', answer: 'arithmetic' },
  twins: {
    reward: (length, history) => {
      const { digits } = history.size;
      const term = (from: number) =>
        numberOf(
          Array.from({ length: digits }, (_, j) => history.prompt_symbol(from + j)),
          10,
        );
      return answerIn(length, history)?.join(' ') === symbolsOf(term(0) + term(digits + 1)).join(' ') ? 1 : 0;
    },
    answer: (length, history) => {
      const written = answerIn(length, history) ?? [];
      const number = numberOf(written, 10);
      const is_number = written.length <= history.size.digits + 1 && written.join(' ') === symbolsOf(number).join(' ');
      return is_number ? number : NO_ANSWER;
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
      num_correct: scratchpad === 1 ? undefined : 1,
      demonstrate(prompt) {
        const [a, b] = terms(prompt);
        const scratch: number[] = [];
        let carry = 0;
        for (let column = digits - 1; column >= 0; column--) {
          const sum = a[column] + b[column] + carry;
          carry = sum > 9 ? 1 : 0;
          scratch.push(...digitsOf(sum, 10, 2));
        }
        const answer = [...symbolsOf(numberOf(a, 10) + numberOf(b, 10)), END];
        return scratchpad === 1 ? [...scratch, EQUALS, ...answer] : answer;
      },
      show(prompt, response, reward) {
        const [a, b] = terms(prompt);
        const sum = numberOf(a, 10) + numberOf(b, 10);
        const said =
          reward === 1 ? 'right' : response.includes(END) ? `wrong, it is ${sum}` : `not ended, it is ${sum}`;
        return { prompt: text(prompt), response: text(response), verdict: said };
      },
    };
  },
});
