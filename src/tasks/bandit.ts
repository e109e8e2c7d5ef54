import { mix } from '../engine/random.ts';
import { digitsOf, numberOf, widthOf } from './lib/prompts.ts';
import { task } from './task.ts';

/** The arm that pays 1 in a context; a fixed scramble, so that nothing but trying finds it. */
const bestArm = (context: number, arms: number): number => mix(context + 1) % arms;

/** Contextual bandit: one symbol, one reward. */
export default task({
  id: 'bandit',
  title: 'Contextual bandit',
  summary:
    'Pull one arm. Each context has one best arm, which pays 1; the others pay less, in steps down from 1 − arm_gap.',
  settings: {
    contexts: { value: 8, min: 1, max: 1024, scale: 'int', doc: 'how many contexts (prompts) there are' },
    arms: { value: 16, min: 2, max: 64, scale: 'int', doc: 'how many arms (symbols) there are in each context' },
  },
  rules: {
    arm_gap: {
      value: 0.2,
      min: 0.01,
      max: 1,
      scale: 'linear',
      doc: 'how far the second-best arm pays below the best; 1 leaves only 0 and 1',
    },
  },
  slots: { next_symbol: 'fixed_length', reward: 'bandit' },
  twins: {
    reward: (length, { prompt_symbol, response_symbol, size, hyper }) => {
      const { arms } = size;
      if (length < 1 || response_symbol(0) >= arms) return 0;
      const prompt = Array.from({ length: size.prompt_position }, (_, j) => prompt_symbol(j));
      const below_best = (response_symbol(0) - bestArm(numberOf(prompt, arms), arms) + arms) % arms;
      return below_best === 0 ? 1 : ((1 - hyper.arm_gap) * (arms - below_best)) / (arms - 1);
    },
  },
  build({ contexts, arms }) {
    const prompt_position = widthOf(contexts, arms);
    return {
      vocab: arms,
      symbols: Array.from({ length: arms }, (_, i) => String(i)),
      prompt_position,
      position: 1,
      sizes: { arms },
      prompts: Array.from({ length: contexts }, (_, i) => digitsOf(i, arms, prompt_position)),
      num_held_out: 0,
      optimum: 1,
      // the second-best arm pays at most 0.99
      solved_reward: 0.999,
      num_correct: 1,
      demonstrate: (prompt) => [bestArm(numberOf(prompt, arms), arms)],
      show: (prompt, response, reward) => ({
        prompt: `context ${numberOf(prompt, arms)}`,
        response: response.length > 0 ? `arm ${response[0]}` : '',
        verdict: reward >= 0.999 ? 'the best arm' : `the best arm is ${bestArm(numberOf(prompt, arms), arms)}`,
      }),
    };
  },
});
