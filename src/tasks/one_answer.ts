import { mix } from '../engine/random.ts';
import { digitsOf, numberOf, widthOf } from './lib/prompts.ts';
import { task } from './task.ts';

/** Symbol t of the only correct response to a hard prompt; a fixed scramble, so that nothing but trying or being shown finds it. */
const hardSymbol = (number: number, t: number, modulus: number): number => mix(mix(number + 1) + t) % modulus;

const sumOf = (symbols: readonly number[]): number => symbols.reduce((a, b) => a + b, 0);

/** What demonstrations are good for: prompts that are found by trying, beside prompts that hardly ever are. */
export default task({
  id: 'one_answer',
  title: 'One answer of many',
  summary:
    "Easy prompts: symbols whose sum, modulo the vocabulary, is the prompt's number; hard ones: the one response that is " +
    'right, of all there are. 1 if so, else 0.',
  settings: {
    num_prompts: { value: 16, min: 1, max: 1024, scale: 'int', doc: 'how many prompts there are, all trained on' },
    modulus: { value: 8, min: 2, max: 32, scale: 'int', doc: 'size of the vocabulary' },
    length: { value: 4, min: 1, max: 16, scale: 'int', doc: 'symbols per response' },
    hard_share: {
      value: 0.5,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'share of the prompts, the last ones, that are hard',
    },
  },
  rules: {},
  slots: { next_symbol: 'fixed_length', reward: 'one_answer', response_kind: 'one_answer' },
  twins: {
    reward: (length, { prompt_symbol, response_symbol, size }) => {
      const { modulus, num_easy, position } = size;
      const number = numberOf(
        Array.from({ length: size.prompt_position }, (_, j) => prompt_symbol(j)),
        modulus,
      );
      const response = Array.from({ length }, (_, t) => response_symbol(t));
      if (length !== position) return 0;
      if (number < num_easy) return sumOf(response) % modulus === number % modulus ? 1 : 0;
      return response.every((symbol, t) => symbol === hardSymbol(number, t, modulus)) ? 1 : 0;
    },
    response_kind: (_length, { prompt_symbol, size }) => {
      const prompt = Array.from({ length: size.prompt_position }, (_, j) => prompt_symbol(j));
      return numberOf(prompt, size.modulus) < size.num_easy ? 0 : 1;
    },
  },
  build({ num_prompts, modulus, length, hard_share }) {
    const prompt_position = widthOf(num_prompts, modulus);
    const num_easy = num_prompts - Math.round(hard_share * num_prompts);
    const answerTo = (number: number) => Array.from({ length }, (_, t) => hardSymbol(number, t, modulus));
    return {
      vocab: modulus,
      symbols: Array.from({ length: modulus }, (_, i) => String(i)),
      prompt_position,
      position: length,
      sizes: { modulus, num_easy },
      prompts: Array.from({ length: num_prompts }, (_, i) => digitsOf(i, modulus, prompt_position)),
      num_held_out: 0,
      optimum: 1,
      solved_reward: 1,
      kinds: ['easy', 'hard'],
      num_correct: num_easy === 0 ? 1 : num_easy === num_prompts ? modulus ** (length - 1) : undefined,
      demonstrate(prompt, draw) {
        const number = numberOf(prompt, modulus);
        if (number >= num_easy) return answerTo(number);
        const free = Array.from({ length: length - 1 }, () => draw(modulus));
        return [...free, (number + modulus * length - sumOf(free)) % modulus];
      },
      show(prompt, response) {
        const number = numberOf(prompt, modulus);
        const sum = sumOf(response);
        return number < num_easy
          ? {
              prompt: `prompt ${number}: sum to ${number % modulus} modulo ${modulus}`,
              response: response.join(' + '),
              verdict: `the sum is ${sum}, modulo ${modulus} it is ${sum % modulus}`,
            }
          : {
              prompt: `prompt ${number}: one response of all`,
              response: response.join(' '),
              verdict: `it is ${answerTo(number).join(' ')}`,
            };
      },
    };
  },
});
