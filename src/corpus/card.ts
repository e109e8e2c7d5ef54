/** A card says of one paper what it is about and what of it runs here. Cards are the files seeds/<id>.json. */
import topics from './topics.json';

/** What a paper contributes: its role decides what a finished card would show. */
const CARD_ROLES = ['algorithm', 'experiment', 'environment', 'system', 'reading'] as const;
export type CardRole = (typeof CARD_ROLES)[number];

/** Topic -> heading, in the order in which lists of cards show them. */
export const TOPICS: Record<Topic, string> = topics;
export type Topic = keyof typeof topics;

/** Kinds of thing that can run, each a list of ids on the card. */
export const RUN_KINDS = ['algorithms', 'tasks', 'experiments', 'systems'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** One paper of the corpus. */
export interface Card {
  /** The file's stem. */
  id: string;
  /** The paper's title, or a description where the title is not known for certain. */
  title: string;
  /** arXiv number like '2505.22617', null where it is not known. */
  arxiv: string | null;
  role: CardRole;
  /** When its turn comes: 1 before 2. Says nothing about the paper's worth. */
  wave: number;
  /** Under which heading lists show it. */
  topic: Topic;
  /** Two sentences for a reader who knows what a gradient is. */
  idea: string;
  /** Ids of what runs here, by kind; all four lists empty where nothing does. */
  runs: Record<RunKind, string[]>;
  /** One sentence on what the playground lacks for it; null exactly where something runs. */
  why_not: string | null;
  /** The paper's own main figure in one sentence with its numbers; null where none is known for certain. */
  headline: string | null;
}

const KEYS = ['id', 'title', 'arxiv', 'role', 'wave', 'topic', 'idea', 'runs', 'why_not', 'headline'];

const isObject = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null && !Array.isArray(x);

/** Number of sentences of a text; 0 where it does not end like one, so that a cut-off text is never one sentence. */
export function countSentences(text: string): number {
  return /[.!?]$/.test(text) ? text.match(/[.!?](?=\s|$)/g)!.length : 0;
}

/** True where at least one thing runs. */
export const runsHere = (card: Card): boolean => RUN_KINDS.some((kind) => card.runs[kind].length > 0);

/** What is wrong with the content of seeds/<stem>.json: one sentence each, none for a sound card. */
export function complainCard(stem: string, value: unknown): string[] {
  const out: string[] = [];
  const found = (what: unknown) => JSON.stringify(what) ?? 'nothing';
  const complain = (what: string, wanted: string, todo: string) =>
    out.push(`seeds/${stem}.json: found ${what}, wanted ${wanted}; ${todo}.`);
  if (!isObject(value)) {
    complain(Array.isArray(value) ? 'a list' : found(value), 'one object', 'write { "id": … } as other cards do');
    return out;
  }
  const card = value;
  for (const key of Object.keys(card)) {
    if (!KEYS.includes(key)) complain(`the field '${key}'`, `only ${KEYS.join(', ')}`, 'remove it or correct its name');
  }

  const sentences = (key: string, wanted: number) => {
    const text = card[key];
    if (typeof text !== 'string' || text.trim() !== text)
      complain(`${found(text)} as '${key}'`, 'text without blanks at its ends', `write '${key}'`);
    else if (countSentences(text) !== wanted)
      complain(
        `${countSentences(text)} whole sentences in '${key}'`,
        `${wanted}`,
        'rewrite it, and avoid abbreviations that end with a full stop',
      );
  };

  if (card.id !== stem) complain(`the id ${found(card.id)}`, `'${stem}' like the file`, 'rename one of the two');
  if (typeof stem !== 'string' || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem))
    complain('this file name', "small letters and digits joined by '-'", 'rename the file');
  if (typeof card.title !== 'string' || card.title === '' || card.title.trim() !== card.title)
    complain(`${found(card.title)} as 'title'`, 'text without blanks at its ends', "write the paper's title");
  if (card.arxiv !== null && !(typeof card.arxiv === 'string' && /^\d{4}\.\d{4,5}$/.test(card.arxiv)))
    complain(`${found(card.arxiv)} as 'arxiv'`, "a number like '2505.22617' or null", 'look it up or write null');
  if (!CARD_ROLES.includes(card.role as CardRole))
    complain(`the role ${found(card.role)}`, `one of ${CARD_ROLES.join(', ')}`, 'choose one');
  if (!(Number.isInteger(card.wave) && (card.wave as number) >= 1))
    complain(`${found(card.wave)} as 'wave'`, 'a whole number from 1', 'write when its turn comes');
  if (typeof card.topic !== 'string' || !Object.hasOwn(TOPICS, card.topic))
    complain(`the topic ${found(card.topic)}`, `one of ${Object.keys(TOPICS).join(', ')}`, 'choose one');
  sentences('idea', 2);
  if (card.headline !== null) sentences('headline', 1);

  if (!isObject(card.runs)) {
    complain(`${found(card.runs)} as 'runs'`, `lists of ids under ${RUN_KINDS.join(', ')}`, 'write all four');
    return out;
  }
  for (const key of Object.keys(card.runs)) {
    if (!RUN_KINDS.includes(key as RunKind))
      complain(`the kind '${key}' in 'runs'`, `only ${RUN_KINDS.join(', ')}`, 'remove it or correct its name');
  }
  let count = 0;
  for (const kind of RUN_KINDS) {
    const ids = card.runs[kind];
    if (!Array.isArray(ids)) {
      complain(`${found(ids)} as 'runs.${kind}'`, 'a list of ids', 'write [] where nothing runs');
      continue;
    }
    count += ids.length;
    for (const id of ids) {
      if (typeof id !== 'string' || !/^[a-z0-9]+(_[a-z0-9]+)*$/.test(id))
        complain(
          `${found(id)} in 'runs.${kind}'`,
          "an id of small letters and digits joined by '_'",
          'write the stem of its file',
        );
    }
    if (new Set(ids).size !== ids.length)
      complain(`an id twice in 'runs.${kind}'`, 'every id once', 'remove the second one');
  }
  if (count === 0) sentences('why_not', 1);
  else if (card.why_not !== null)
    complain("a 'why_not' beside something that runs", 'null', "remove the sentence or what 'runs' names");
  return out;
}
