/** The corpus, found by glob: a new file in seeds/ is a new card. */
import { type Card, complainCard } from './card.ts';

const modules = import.meta.glob<unknown>('/seeds/*.json', { eager: true, import: 'default' });

/** Cards by id, in alphabetical order; throws the first complaint about a bad file. */
export function collectCards(found: Record<string, unknown>): Record<string, Card> {
  const out: Record<string, Card> = {};
  for (const path of Object.keys(found).sort()) {
    const stem = path
      .split('/')
      .pop()!
      .replace(/\.json$/, '');
    const [complaint] = complainCard(stem, found[path]);
    if (complaint) throw new Error(complaint);
    out[stem] = found[path] as Card;
  }
  return out;
}

/** Id -> card. */
export const cards: Record<string, Card> = collectCards(modules);
