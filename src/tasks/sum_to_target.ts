import { digitsOf, widthOf } from './lib/prompts.ts';
import { NO_ANSWER, task } from './task.ts';

/** The sum task: the smallest task with many correct answers per prompt, so that entropy and diversity mean something. */
export default task({
  id: 'sum_to_target',
  title: 'Sum to target',
  summary: 'Write symbols whose sum, modulo the vocabulary, equals the prompt number; 1 if it does, else 0.',
  settings: {
    num_prompts: { value: 16, min: 1, max: 4096, scale: 'int', doc: 'how many prompts there are, all trained on' },
    modulus: {
      value: 8,
      min: 2,
      max: 32,
      scale: 'int',
      doc: 'size of the vocabulary; a guess is right once in so many',
    },
    length: { value: 4, min: 1, max: 32, scale: 'int', doc: 'symbols per response' },
  },
  rules: {},
  slots: { next_symbol: 'fixed_length', reward: 'sum_to_target', answer: 'sum_to_target' },
  twins: {
    reward: (length, { prompt_symbol, response_symbol, size }) => {
      let sum = 0;
      for (let t = 0; t < length; t++) sum += response_symbol(t);
      let id = 0;
      for (let j = 0; j < size.prompt_position; j++) id = id * size.modulus + prompt_symbol(j);
      return length === size.position && sum % size.modulus === id % size.modulus ? 1 : 0;
    },
    answer: (length, { response_symbol, size }) => {
      if (length < size.position) return NO_ANSWER;
      let sum = 0;
      for (let t = 0; t < length; t++) sum += response_symbol(t);
      return sum % size.modulus;
    },
  },
  build({ num_prompts, modulus, length }) {
    const prompt_position = widthOf(num_prompts, modulus);
    const sumOf = (symbols: readonly number[]) => symbols.reduce((a, b) => a + b, 0);
    return {
      vocab: modulus,
      symbols: Array.from({ length: modulus }, (_, i) => String(i)),
      prompt_position,
      position: length,
      sizes: { modulus },
      prompts: Array.from({ length: num_prompts }, (_, i) => digitsOf(i, modulus, prompt_position)),
      num_held_out: 0,
      optimum: 1,
      solved_reward: 1,
      num_correct: modulus ** (length - 1),
      demonstrate(prompt, draw) {
        const free = Array.from({ length: length - 1 }, () => draw(modulus));
        // the last digit of the prompt is its number modulo the base
        return [...free, (prompt[prompt_position - 1] + modulus * length - sumOf(free)) % modulus];
      },
      show: (prompt, response) => ({
        prompt: `sum to ${prompt[prompt_position - 1]} modulo ${modulus}`,
        response: response.join(' + '),
        verdict: `the sum is ${sumOf(response)}, modulo ${modulus} it is ${sumOf(response) % modulus}`,
      }),
    };
  },
});
