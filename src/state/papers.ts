/** The list of papers: found by words, grouped by topic. */
import { type Card, runsHere, TOPICS, type Topic } from '../corpus/card.ts';
import type { Verdict } from '../experiments/lib/statistics.ts';
import type { ClaimResult, Results } from '../experiments/results.ts';

/** The papers of a topic that fit a search. */
export interface TopicGroup {
  topic: Topic;
  title: string;
  cards: Card[];
  num_running: number;
}

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

const haystack = (card: Card) =>
  plain(
    [
      card.id,
      card.title,
      card.arxiv ?? '',
      TOPICS[card.topic],
      card.idea,
      card.headline ?? '',
      card.why_not ?? '',
      ...Object.values(card.runs).flat(),
    ].join('\n'),
  );

/** Papers that hold every word of a search, by topic; within a topic what runs comes first. */
export function findPapers(cards: readonly Card[], search: string, only_running = false): TopicGroup[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  const fits = (card: Card) => {
    if (only_running && !runsHere(card)) return false;
    const text = haystack(card);
    return words.every((word) => text.includes(word));
  };
  const found = cards.filter(fits);
  return (Object.entries(TOPICS) as [Topic, string][]).flatMap(([topic, title]) => {
    const here = found.filter((card) => card.topic === topic);
    here.sort((a, b) => Number(runsHere(b)) - Number(runsHere(a)) || (a.id < b.id ? -1 : 1));
    return here.length > 0 ? [{ topic, title, cards: here, num_running: here.filter(runsHere).length }] : [];
  });
}

/** The claims of an experiment that a paper makes. */
export function claimsOf(card: Card, { claims }: Pick<Results, 'claims'>): ClaimResult[] {
  return claims.filter(({ source }) => card.arxiv !== null && source.includes(card.arxiv));
}

/** How often each verdict was found. */
export function countVerdicts(claims: readonly Pick<ClaimResult, 'verdict'>[]): Record<Verdict, number> {
  const out: Record<Verdict, number> = { holds: 0, opposite: 0, undecided: 0 };
  for (const { verdict } of claims) out[verdict]++;
  return out;
}
