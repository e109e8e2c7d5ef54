import { distinctRows, heldOutOf, tableDraw } from './lib/prompts.ts';
import { task } from './task.ts';

/** The benchmark's workload W3: attention has to find one place of the prompt, and every token is rewarded. */
export default task({
  id: 'repeat_symbol',
  title: 'Repeat the first symbol',
  summary: "Write the prompt's first symbol again and again; the reward is the share of symbols that equal it.",
  settings: {
    vocab: { value: 16, min: 2, max: 64, scale: 'int', doc: 'how many symbols there are' },
    prompt_length: { value: 8, min: 1, max: 32, scale: 'int', doc: 'symbols per prompt; only the first one counts' },
    response_length: { value: 16, min: 1, max: 32, scale: 'int', doc: 'symbols per response' },
  },
  rules: {},
  slots: { next_symbol: 'fixed_length', reward: 'repeat_symbol' },
  twins: {
    reward: (length, { prompt_symbol, response_symbol, size }) => {
      let equal = 0;
      for (let t = 0; t < length; t++) if (response_symbol(t) === prompt_symbol(0)) equal++;
      return equal / size.position;
    },
  },
  build({ vocab, prompt_length, response_length }) {
    const prompts = distinctRows(tableDraw('repeat_symbol'), vocab, prompt_length, 4096);
    return {
      vocab,
      symbols: Array.from({ length: vocab }, (_, i) => String(i)),
      prompt_position: prompt_length,
      position: response_length,
      sizes: {},
      prompts,
      num_held_out: heldOutOf(prompts.length),
      optimum: 1,
      // half a symbol below all of them: a quotient may be rounded
      solved_reward: 1 - 0.5 / response_length,
      num_correct: 1,
      demonstrate: (prompt) => Array<number>(response_length).fill(prompt[0]),
      show: (prompt, response, reward) => ({
        prompt: prompt.join(' '),
        response: response.join(' '),
        verdict: `${Math.round(reward * response_length)} of ${response_length} equal ${prompt[0]}`,
      }),
    };
  },
});
