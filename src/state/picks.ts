/** The algorithms as they are offered: grouped by what they change against GRPO, and found by words. */
import { type Algorithm, ROLES, type Role } from '../algorithms/algorithm.ts';
import { REFERENCE } from './about.ts';
import { type Catalogue, own, ROLE_QUESTIONS, ROLE_TITLES } from './catalogue.ts';

/** An algorithm in the list. */
export interface Pick {
  id: string;
  title: string;
  summary: string;
  /** the roles whose parts are not GRPO's */
  roles: readonly Role[];
  /** what is searched, in lower case */
  words: string;
}

/** Algorithms that have their first difference from GRPO in common. */
export interface PickGroup {
  id: 'yardsticks' | 'settings' | Role;
  title: string;
  /** what they have in common, as half a sentence or a question */
  doc: string;
  picks: readonly Pick[];
}

type Kind = PickGroup['id'];
const KINDS: readonly Kind[] = ['yardsticks', 'settings', ...ROLES];

const titleOf = (kind: Kind): string =>
  kind === 'yardsticks' ? 'Yardsticks' : kind === 'settings' ? 'Settings' : ROLE_TITLES[kind];
const docOf = (kind: Kind): string =>
  kind === 'yardsticks'
    ? 'What later papers compare themselves with'
    : kind === 'settings'
      ? 'The parts of GRPO, set otherwise'
      : ROLE_QUESTIONS[kind];

/** The roles in which an algorithm differs from GRPO. */
export function changedRoles(catalogue: Catalogue, algorithm: Algorithm): Role[] {
  const reference = own(catalogue.algorithms, REFERENCE);
  return reference ? ROLES.filter((role) => algorithm[role].id !== reference[role].id) : [];
}

/** Every algorithm under the first role in which it differs from GRPO, by title. */
export function pickGroups(catalogue: Catalogue): PickGroup[] {
  const found = new Map<Kind, Pick[]>();
  for (const algorithm of Object.values(catalogue.algorithms)) {
    const { id, title, summary, paper } = algorithm;
    const roles = changedRoles(catalogue, algorithm);
    const kind = paper.is_yardstick ? 'yardsticks' : (roles[0] ?? 'settings');
    const parts = roles.map((role) => algorithm[role].title);
    const words = [id, id.replaceAll('_', ' '), title, summary, paper.title, paper.arxiv ?? '', ...parts]
      .join(' ')
      .toLowerCase();
    found.set(kind, [...(found.get(kind) ?? []), { id, title, summary, roles, words }]);
  }
  return KINDS.filter((kind) => found.has(kind)).map((kind) => ({
    id: kind,
    title: titleOf(kind),
    doc: docOf(kind),
    picks: found.get(kind)!.sort((a, b) => a.title.localeCompare(b.title, 'en')),
  }));
}

/** The groups with what has every word of a query; groups without any are left out. */
export function findPicks(groups: readonly PickGroup[], query: string): PickGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return groups
    .map((group) => ({
      ...group,
      picks: group.picks.filter((pick) => words.every((word) => pick.words.includes(word))),
    }))
    .filter((group) => group.picks.length > 0);
}

/** `GRPO’s parts`, or the roles that are not. */
export const rolesText = (roles: readonly Role[]): string =>
  roles.length === 0 ? 'all parts as in GRPO' : `differs from GRPO in ${roles.join(', ')}`;
