import { happens } from './lib/chance.ts';
import { type History, NO_ANSWER, task } from './task.ts';

/** The kinds of blocks; each has an opening and a closing tag. */
const BLOCKS = ['think', 'search', 'information', 'answer'] as const;
type Block = (typeof BLOCKS)[number];

/** What every entity leads to; x(2x + 1) + 5 takes each value once modulo a power of two. */
const nextOf = (entity: number, entities: number): number => (entity * (2 * entity + 1) + 5) % entities;

/**
 * How well a response keeps the form, from 0 to 1, after the graded score of the paper's public code. `size` names the
 * symbols: `open_think` … `close_answer`, `unknown_tag`, `placeholder`; every other number is plain content.
 */
export function formatScore(response: readonly number[], size: Record<string, number>): number {
  const opens = BLOCKS.map((block) => size[`open_${block}`]);
  const closes = BLOCKS.map((block) => size[`close_${block}`]);
  const is_tag = (symbol: number) => opens.includes(symbol) || closes.includes(symbol);
  const places = response.flatMap((symbol, t) => (is_tag(symbol) ? [t] : []));
  // only known tags, no text copied from the instruction
  if (response.some((symbol) => symbol === size.unknown_tag || symbol === size.placeholder)) return 0;
  if (response[0] !== size.open_think || response.at(-1) !== size.close_answer) return 0;
  if (places.length < 4 || places.length % 2 !== 0) return 0;
  const pairs: Block[] = [];
  for (let k = 0; k < places.length; k += 2) {
    const kind = opens.indexOf(response[places[k]]);
    if (kind < 0 || response[places[k + 1]] !== closes[kind]) return 0;
    const is_empty = places[k + 1] === places[k] + 1;
    if (is_empty) return 0;
    pairs.push(BLOCKS[kind]);
  }
  if (pairs[0] !== 'think' || pairs.at(-1) !== 'answer') return 0;
  if (pairs.some((kind, k) => kind === 'search' && pairs[k + 1] !== 'information')) return 0;
  const count = (kind: Block) => pairs.filter((pair) => pair === kind).length;
  if (count('search') !== count('information') || count('think') > 8) return 0;
  const thoughts = count('think');
  const turns = count('search') + 1;
  return (Math.min(thoughts / 2, 1) * Math.min(thoughts, turns)) / Math.max(thoughts, turns);
}

/** The entity in the last answer block, if it stands there alone. */
function entityIn(length: number, { response_symbol, size }: History): number {
  const response = Array.from({ length }, (_, t) => response_symbol(t));
  let last: number[] = [];
  for (let from = response.indexOf(size.open_answer); from >= 0; ) {
    const to = response.indexOf(size.close_answer, from + 1);
    if (to < 0) break;
    last = response.slice(from + 1, to);
    from = response.indexOf(size.open_answer, to + 1);
  }
  return last.length === 1 && last[0] < size.entities ? last[0] : NO_ANSWER;
}

/**
 * A policy that is its own search engine: it asks, writes the 'retrieved' information itself, and answers. What it knows is
 * a fixed table in which every entity leads to another one; the prompt is an entity, the information to recall is what it
 * leads to, and the right answer is what that leads to.
 *
 * The form is a property of symbols, not of text, so other token sequences can be scored: `sizes` holds the number of each
 * tag (`open_think`, `close_think`, `open_search` … `close_answer`), of a tag that is none of these (`unknown_tag`) and of
 * text copied from the instruction (`placeholder`). The last two lie beyond the vocabulary, so no policy writes them; a text
 * is mapped to tokens with them, any other word as any other number, and nothing for white space. The span from
 * `open_information` to `close_information` is what a mask leaves out of the loss.
 */
export default task({
  id: 'self_search',
  title: 'Self-search',
  summary:
    'Think, search, write the information yourself, think, answer: the right entity in the last answer block counts ' +
    '1 − format_weight, keeping the form of the blocks format_weight.',
  settings: {
    entities: {
      value: 16,
      min: 8,
      max: 32,
      scale: 'power_of_two',
      doc: 'entities that the knowledge connects; prompts',
    },
    length: { value: 18, min: 15, max: 40, scale: 'int', doc: 'symbols per response at most; two thoughts need 15' },
    share_formed: {
      value: 0.5,
      min: 0,
      max: 1,
      scale: 'linear',
      doc: 'share of pre-training data that keeps the form',
    },
    share_known: { value: 0.3, min: 0, max: 1, scale: 'linear', doc: 'share of it that recalls the right information' },
  },
  rules: {
    format_weight: {
      value: 0.1,
      min: 0,
      max: 0.4,
      scale: 'linear',
      doc: 'what the form counts; the right answer counts the rest',
      source: 'arXiv 2508.10874',
    },
  },
  slots: { next_symbol: 'until_end', reward: 'self_search', answer: 'self_search' },
  twins: {
    reward: (length, history) => {
      const { prompt_symbol, response_symbol, size, hyper } = history;
      const right = nextOf(nextOf(prompt_symbol(0), size.entities), size.entities);
      const exact_match = entityIn(length, history) === right ? 1 : 0;
      const response = Array.from({ length }, (_, t) => response_symbol(t));
      return (1 - hyper.format_weight) * exact_match + hyper.format_weight * formatScore(response, size);
    },
    answer: entityIn,
  },
  build({ entities, length, share_formed, share_known }) {
    const tags = BLOCKS.flatMap((block) => [`open_${block}`, `close_${block}`]);
    const tag = Object.fromEntries(tags.map((name, i) => [name, entities + i]));
    const vocab = entities + tags.length;
    const symbols = [
      ...Array.from({ length: entities }, (_, i) => String(i)),
      ...BLOCKS.flatMap((block) => [`<${block}>`, `</${block}>`]),
    ];
    const block = (kind: Block, content: number) => [tag[`open_${kind}`], content, tag[`close_${kind}`]];
    const next = (entity: number) => nextOf(entity, entities);
    /** Five blocks; what is thought is free. */
    const searched = (entity: number, information: number, draw: (n: number) => number) => [
      block('think', draw(entities)),
      block('search', entity),
      block('information', information),
      block('think', draw(entities)),
      block('answer', next(information)),
    ];
    return {
      vocab,
      symbols,
      prompt_position: 1,
      position: length,
      sizes: { ...tag, entities, unknown_tag: vocab, placeholder: vocab + 1, end_symbol: tag.close_answer },
      prompts: Array.from({ length: entities }, (_, i) => [i]),
      num_held_out: 0,
      optimum: 1,
      // the right answer counts at least 0.6, the form at most 0.4
      solved_reward: 0.5,
      demonstrate: ([entity], draw) => searched(entity, next(entity), draw).flat(),
      /** Formed responses, and ones that only answer, that do not search, or that search without information. */
      pretrain([entity], draw) {
        const wrong = (next(entity) + 1 + draw(entities - 1)) % entities;
        const blocks = searched(entity, happens(draw, share_known) ? next(entity) : wrong, draw);
        const kept = happens(draw, share_formed) ? [0, 1, 2, 3, 4] : [[4], [0, 4], [0, 1, 3, 4]][draw(3)];
        return kept.flatMap((k) => blocks[k]);
      },
      show([entity], response, reward) {
        const right = next(next(entity));
        return {
          prompt: `${entity} → ? → ?`,
          response: response.map((s) => symbols[s] ?? '?').join(' '),
          verdict: reward >= 0.5 ? `right, by way of ${next(entity)}` : `it is ${right}, by way of ${next(entity)}`,
        };
      },
    };
  },
});
