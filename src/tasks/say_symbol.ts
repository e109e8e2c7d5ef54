import { digitsOf, numberOf, widthOf } from './lib/prompts.ts';
import { task } from './task.ts';

/** Different responses that name one of n symbols before the end and have at most `length` symbols in all. */
function countCorrect(n: number, length: number): number {
  let count = 0;
  for (let said = 1; said < length; said++) count += n ** said - (n - 1) ** said;
  return count;
}

/** Whether the prompt names a symbol that can stand before the end. */
const isPossible = (prompt: readonly number[], end_symbol: number): boolean => prompt.at(-1) !== end_symbol;

/**
 * The length task: nothing rewards a short or a long response, so what happens to the length comes from the algorithm.
 * A prompt is its number and the symbol that it names; one that cannot be solved names the end symbol.
 */
export default task({
  id: 'say_symbol',
  title: 'Say the symbol',
  summary:
    'Write the symbol that the prompt names, among others or alone, and then the end symbol, in time; 1 if so, else 0. ' +
    'A share of the prompts can be such that nothing solves them.',
  settings: {
    num_prompts: { value: 16, min: 1, max: 1024, scale: 'int', doc: 'how many prompts there are, all trained on' },
    content: { value: 8, min: 2, max: 32, scale: 'int', doc: 'symbols beside the end symbol' },
    length: { value: 12, min: 2, max: 32, scale: 'int', doc: 'symbols per response at most, the end included' },
    impossible_share: {
      value: 0,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'share of the prompts, the last ones, that no response solves',
    },
  },
  rules: {},
  slots: { next_symbol: 'until_end', reward: 'say_symbol', response_kind: 'say_symbol' },
  twins: {
    reward: (length, { prompt_symbol, response_symbol, size }) => {
      const response = Array.from({ length }, (_, t) => response_symbol(t));
      const said = response.indexOf(prompt_symbol(size.prompt_position - 1));
      const end = response.indexOf(size.end_symbol);
      return said >= 0 && said < end ? 1 : 0;
    },
    response_kind: (_length, { prompt_symbol, size }) =>
      prompt_symbol(size.prompt_position - 1) === size.end_symbol ? 1 : 0,
  },
  build({ num_prompts, content, length, impossible_share }) {
    const END = content;
    const width = widthOf(num_prompts, content);
    const num_impossible = Math.round(impossible_share * num_prompts);
    const num_correct = countCorrect(content, length);
    const symbols = [...Array.from({ length: content }, (_, i) => String(i)), 'end'];
    const prompts = Array.from({ length: num_prompts }, (_, i) => [
      ...digitsOf(i, content, width),
      i < num_prompts - num_impossible ? i % content : END,
    ]);
    return {
      vocab: content + 1,
      symbols,
      prompt_position: width + 1,
      position: length,
      sizes: { end_symbol: END },
      prompts,
      num_held_out: 0,
      optimum: 1 - num_impossible / num_prompts,
      solved_reward: 1,
      kinds: ['possible', 'impossible'],
      num_correct: num_impossible === 0 && Number.isSafeInteger(num_correct) ? num_correct : undefined,
      num_impossible,
      demonstrate(prompt, draw) {
        if (!isPossible(prompt, END)) return [END];
        const others = Array.from({ length: draw(length - 1) }, () => draw(content));
        return [...others.toSpliced(draw(others.length + 1), 0, prompt.at(-1)!), END];
      },
      show(prompt, response, reward) {
        const said = !isPossible(prompt, END)
          ? 'nothing solves this prompt'
          : reward === 1
            ? `said in ${response.length} symbols`
            : response.includes(END)
              ? 'ended without it'
              : 'not ended in time';
        return {
          prompt: `prompt ${numberOf(prompt.slice(0, -1), content)}: say ${symbols[prompt.at(-1)!]}`,
          response: response.map((s) => symbols[s] ?? '?').join(' '),
          verdict: said,
        };
      },
    };
  },
});
