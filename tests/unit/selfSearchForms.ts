/** Responses to self_search in words, with the score that the paper's public code gives their form. */
export interface Form {
  name: string;
  /** `t` `/t` … are the tags of think, search, information, answer; `b` is no tag of these, `copied` a placeholder */
  text: string;
  format: number;
  /** what stands in the last answer block: the right entity, a wrong one, or nothing that can be read */
  answer: 'right' | 'wrong' | 'none';
}

const TURN = 't x /t s x /s i x /i';
const THOUGHT = 't x /t';
const ANSWER = 'a right /a';

export const FORMS: Form[] = [
  { name: 'two thoughts, one search', text: `${TURN} ${THOUGHT} ${ANSWER}`, format: 1, answer: 'right' },
  { name: 'one thought', text: `${THOUGHT} ${ANSWER}`, format: 0.5, answer: 'right' },
  { name: 'a wrong answer in good form', text: `${TURN} ${THOUGHT} a wrong /a`, format: 1, answer: 'wrong' },
  { name: 'no thought', text: ANSWER, format: 0, answer: 'right' },
  { name: 'no answer', text: 't x /t s x /s', format: 0, answer: 'none' },
  { name: 'a search without information', text: `t x /t s x /s t x /t ${ANSWER}`, format: 0, answer: 'right' },
  { name: 'an empty block', text: `t /t ${ANSWER}`, format: 0, answer: 'right' },
  { name: 'an unknown tag', text: `t x b x b /t ${ANSWER}`, format: 0, answer: 'right' },
  { name: 'three thoughts, two searches', text: `${TURN} ${TURN} ${THOUGHT} ${ANSWER}`, format: 1, answer: 'right' },
  {
    name: 'thoughts without searches',
    text: `${THOUGHT} ${THOUGHT} ${THOUGHT} ${ANSWER}`,
    format: 1 / 3,
    answer: 'right',
  },
  // the conditions that the cases above do not touch
  { name: 'as many searches as thoughts', text: `${TURN} ${TURN} ${ANSWER}`, format: 2 / 3, answer: 'right' },
  { name: 'text copied from the instruction', text: `t copied /t ${ANSWER}`, format: 0, answer: 'right' },
  { name: 'information that nobody asked for', text: `t x /t i x /i ${THOUGHT} ${ANSWER}`, format: 0, answer: 'right' },
  {
    name: 'information before the search',
    text: `t x /t i x /i s x /s ${THOUGHT} ${ANSWER}`,
    format: 0,
    answer: 'right',
  },
  { name: 'something before the first thought', text: `x ${THOUGHT} ${ANSWER}`, format: 0, answer: 'right' },
  { name: 'something behind the answer', text: `${THOUGHT} ${ANSWER} x`, format: 0, answer: 'right' },
  { name: 'text between blocks', text: `${THOUGHT} x ${ANSWER}`, format: 0.5, answer: 'right' },
  { name: 'several words in a thought', text: `t x x x /t ${ANSWER}`, format: 0.5, answer: 'right' },
  { name: 'a block inside a block', text: `t x s x /s /t ${ANSWER}`, format: 0, answer: 'right' },
  { name: 'a tag closed by another', text: `t x /s ${ANSWER}`, format: 0, answer: 'right' },
  { name: 'a closing tag too many', text: `${THOUGHT} /t ${ANSWER}`, format: 0, answer: 'right' },
  { name: 'eight thoughts', text: `${`${THOUGHT} `.repeat(8)}${ANSWER}`, format: 1 / 8, answer: 'right' },
  { name: 'nine thoughts', text: `${`${THOUGHT} `.repeat(9)}${ANSWER}`, format: 0, answer: 'right' },
  { name: 'the last answer counts', text: `${THOUGHT} a wrong /a ${ANSWER}`, format: 0.5, answer: 'right' },
  { name: 'the first answer does not', text: `${THOUGHT} ${ANSWER} a wrong /a`, format: 0.5, answer: 'wrong' },
  { name: 'two entities in the answer', text: `${THOUGHT} a right right /a`, format: 0.5, answer: 'none' },
  { name: 'an empty answer', text: `${THOUGHT} ${ANSWER} a /a`, format: 0, answer: 'none' },
  { name: 'an answer that is not closed', text: `${THOUGHT} a right`, format: 0, answer: 'none' },
  { name: 'nothing', text: '', format: 0, answer: 'none' },
];

const TAGS: Record<string, string> = { t: 'think', s: 'search', i: 'information', a: 'answer' };

/** The symbols of a form, with the sizes of a task instance and the entity that is right. */
export function symbolsOf({ text }: Form, size: Record<string, number>, right: number): number[] {
  const words: Record<string, number> = {
    ...{ x: 0, right, wrong: (right + 1) % size.entities, b: size.unknown_tag, copied: size.placeholder },
    ...Object.fromEntries(Object.entries(TAGS).map(([tag, block]) => [tag, size[`open_${block}`]])),
    ...Object.fromEntries(Object.entries(TAGS).map(([tag, block]) => [`/${tag}`, size[`close_${block}`]])),
  };
  return text
    .split(' ')
    .filter(Boolean)
    .map((word) => words[word]);
}
