import { mix } from '../engine/random.ts';
import { happens } from './lib/chance.ts';
import { digitsOf, numberOf, widthOf } from './lib/prompts.ts';
import { type History, NEXT, NO_ANSWER, task } from './task.ts';

/** The number that a prompt asks for; a fixed scramble, so that nothing but trying finds it. */
const rightTo = (prompt_number: number, num_answers: number): number => mix(prompt_number + 1) % num_answers;

/** The number that a response gives in either form, the exploit symbol before it or not. */
function numberIn(length: number, { response_symbol, size }: History): number {
  const { num_answers } = size;
  const response = Array.from({ length }, (_, t) => response_symbol(t));
  for (const rest of response[0] === num_answers ? [response.slice(1)] : [response]) {
    if (rest.length === 1 && rest[0] < num_answers) return rest[0];
    if (rest.length === 2 && rest[0] === num_answers + 1 && rest[1] < num_answers) return num_answers - 1 - rest[1];
  }
  return NO_ANSWER;
}

/**
 * For imperfect verifiers: this reward is the truth, and a verifier that is noisy, that rejects a form or that falls for
 * the exploit symbol is put around it; the kinds of responses say what such a verifier would see.
 * A response is, each optional but the last: the exploit symbol, the marker of the other form, a number.
 */
export default task({
  id: 'two_forms',
  title: 'Two forms of an answer',
  summary:
    "Give the prompt's number, as a number symbol or as the marker and the number counted from the other end, with the " +
    'exploit symbol before it or without; 1 for the right number in either form, else 0.',
  settings: {
    num_prompts: { value: 20, min: 1, max: 1024, scale: 'int', doc: 'how many prompts there are, all trained on' },
    num_answers: { value: 24, min: 2, max: 48, scale: 'int', doc: 'possible numbers: 6 is easy to guess, 24 is hard' },
    share_other: { value: 0.5, min: 0, max: 1, scale: 'linear', doc: 'share of the other form in pre-training data' },
    share_exploit: { value: 0.05, min: 0, max: 1, scale: 'linear', doc: 'share with the exploit symbol in that data' },
  },
  rules: {},
  slots: { next_symbol: 'two_forms', reward: 'two_forms', answer: 'two_forms', response_kind: 'two_forms' },
  twins: {
    next_symbol: (t, { response_symbol, size }) => ({
      kind: t > 0 && response_symbol(t - 1) < size.num_answers ? NEXT.stop : NEXT.sample,
      symbol: 0,
    }),
    reward: (length, history) => {
      const { num_answers, prompt_position } = history.size;
      const prompt = Array.from({ length: prompt_position }, (_, j) => history.prompt_symbol(j));
      return numberIn(length, history) === rightTo(numberOf(prompt, num_answers), num_answers) ? 1 : 0;
    },
    answer: numberIn,
    response_kind: (length, { response_symbol, size }) => {
      const response = Array.from({ length }, (_, t) => response_symbol(t));
      if (response.includes(size.num_answers)) return 2;
      return response.includes(size.num_answers + 1) ? 1 : 0;
    },
  },
  build({ num_prompts, num_answers, share_other, share_exploit }) {
    const prompt_position = widthOf(num_prompts, num_answers);
    const EXPLOIT = num_answers;
    const MARKER = num_answers + 1;
    const symbols = [...Array.from({ length: num_answers }, (_, i) => String(i)), 'BOX', 'from the end'];
    const written = (number: number, is_other: boolean, is_exploit: boolean) => [
      ...(is_exploit ? [EXPLOIT] : []),
      ...(is_other ? [MARKER, num_answers - 1 - number] : [number]),
    ];
    const right = (prompt: readonly number[]) => rightTo(numberOf(prompt, num_answers), num_answers);
    return {
      vocab: num_answers + 2,
      symbols,
      prompt_position,
      position: 3,
      sizes: { num_answers },
      prompts: Array.from({ length: num_prompts }, (_, i) => digitsOf(i, num_answers, prompt_position)),
      num_held_out: 0,
      optimum: 1,
      solved_reward: 1,
      kinds: ['plain form', 'other form', 'exploit'],
      num_correct: 4,
      demonstrate: (prompt, draw) => written(right(prompt), draw(2) === 1, false),
      /** The forms, and a number that is a guess. */
      pretrain(_prompt, draw) {
        const is_other = happens(draw, share_other);
        return written(draw(num_answers), is_other, happens(draw, share_exploit));
      },
      show: (prompt, response, reward) => ({
        prompt: `prompt ${numberOf(prompt, num_answers)}`,
        response: response.map((s) => symbols[s] ?? '?').join(' '),
        verdict: reward === 1 ? 'right' : `the number is ${right(prompt)}`,
      }),
    };
  },
});
