import { happens } from './lib/chance.ts';
import { digitsOf, shuffled, tableDraw } from './lib/prompts.ts';
import { type History, NO_ANSWER, task } from './task.ts';

/** The formats by their number; what is none of them is the fourth kind. */
const KINDS = ['code', 'short', 'long', 'other'] as const;

/** The symbols behind the numbers 0 … modulus − 1; the first three are the markers of the formats. */
const WORDS = ['code', 'short', 'long', 'it', 'is', '+', 'end'] as const;

/** What a response looks like that gives a number in a format. */
function written(format: number, prompt: readonly number[], number: number, modulus: number): number[] {
  const [code, short, long, it, is, plus, end] = WORDS.map((_, i) => modulus + i);
  const [a, b] = prompt;
  return [
    [code, number, end],
    [short, it, is, number, end],
    [long, a, plus, b, number, end],
  ][format];
}

/** The number that a response gives: a response in one of the formats is what would be written for its last but one symbol. */
function numberIn(length: number, { prompt_symbol, response_symbol, size }: History): number {
  const { modulus } = size;
  const response = Array.from({ length }, (_, t) => response_symbol(t));
  const number = response.at(-2) ?? modulus;
  if (number >= modulus) return NO_ANSWER;
  const prompt = [prompt_symbol(0), prompt_symbol(1)];
  const is_written = [0, 1, 2].some((f) => written(f, prompt, number, modulus).join(' ') === response.join(' '));
  return is_written ? number : NO_ANSWER;
}

/**
 * Three ways to write the same answer, for a policy that was pre-trained on a mixture of them: which one survives when
 * only the answer is rewarded? `pretrain` draws from that mixture, each format with its own share of right answers.
 */
export default task({
  id: 'answer_formats',
  title: 'Formats of an answer',
  summary:
    'Give the sum of two numbers, modulo the setting, in one of three formats that the first symbol names: code, short ' +
    'text or long text; 1 if the format is kept and the answer right, else 0.',
  settings: {
    modulus: {
      value: 8,
      min: 4,
      max: 16,
      scale: 'int',
      doc: 'the numbers are 0 … modulus − 1; every pair is a prompt',
    },
    held_out_share: { value: 0, min: 0, max: 0.5, scale: 'linear', doc: 'share of the prompts never trained on' },
    share_code: { value: 0.3, min: 0, max: 1, scale: 'linear', doc: 'share of code in the pre-training data' },
    share_short: {
      value: 0.5,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'share of short text in the pre-training data, as far as code leaves room; the rest is long text',
    },
    accuracy_code: { value: 0.6, min: 0, max: 1, scale: 'linear', doc: 'share of right answers in code' },
    accuracy_short: { value: 0.3, min: 0, max: 1, scale: 'linear', doc: 'share of right answers in short text' },
    accuracy_long: { value: 0.45, min: 0, max: 1, scale: 'linear', doc: 'share of right answers in long text' },
  },
  rules: {},
  slots: {
    next_symbol: 'until_end',
    reward: 'answer_formats',
    answer: 'answer_formats',
    response_kind: 'answer_formats',
  },
  twins: {
    reward: (length, history) => {
      const sum = history.prompt_symbol(0) + history.prompt_symbol(1);
      return numberIn(length, history) === sum % history.size.modulus ? 1 : 0;
    },
    answer: numberIn,
    response_kind: (length, { response_symbol, size }) => {
      const format = length > 0 ? response_symbol(0) - size.modulus : -1;
      return format >= 0 && format < 3 ? format : 3;
    },
  },
  build({ modulus, held_out_share, share_code, share_short, accuracy_code, accuracy_short, accuracy_long }) {
    const symbols = [...Array.from({ length: modulus }, (_, i) => String(i)), ...WORDS];
    const pairs = Array.from({ length: modulus * modulus }, (_, i) => digitsOf(i, modulus, 2));
    const rightTo = ([a, b]: readonly number[]) => (a + b) % modulus;
    const accuracy = [accuracy_code, accuracy_short, accuracy_long];
    return {
      vocab: symbols.length,
      symbols,
      prompt_position: 2,
      position: 6,
      sizes: { modulus, end_symbol: symbols.length - 1 },
      prompts: shuffled(pairs, tableDraw('answer_formats')),
      num_held_out: Math.round(held_out_share * pairs.length),
      optimum: 1,
      solved_reward: 1,
      kinds: KINDS,
      num_correct: 3,
      demonstrate: (prompt, draw) => written(draw(3), prompt, rightTo(prompt), modulus),
      pretrain(prompt, draw) {
        const at = draw(65536) / 65536;
        const format = at < share_code ? 0 : at < share_code + share_short ? 1 : 2;
        const wrong = (rightTo(prompt) + 1 + draw(modulus - 1)) % modulus;
        return written(format, prompt, happens(draw, accuracy[format]) ? rightTo(prompt) : wrong, modulus);
      },
      show: (prompt, response, reward) => ({
        prompt: `${prompt[0]} + ${prompt[1]} modulo ${modulus}`,
        response: response.map((s) => symbols[s] ?? '?').join(' '),
        verdict: reward === 1 ? 'right' : `no format with the answer ${rightTo(prompt)}`,
      }),
    };
  },
});
