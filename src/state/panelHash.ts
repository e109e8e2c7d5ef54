/** The part of the address behind `#`: which section is looked at. What runs stands before it, in the query. */
import { PANELS, type PanelId, type ViewStore } from './viewStore.ts';

/** A section, and one thing inside it where it has several. */
export interface Place {
  panel: PanelId;
  item?: string;
}

/** `#experiments/entropy_collapse`. */
export const hashOf = ({ panel, item }: Place): string => `#${panel}${item === undefined ? '' : `/${item}`}`;

/** The place that a hash names, or undefined where there is none of that name. */
export function placeOf(hash: string): Place | undefined {
  const [name, ...rest] = hash.replace(/^#/, '').split('/');
  const item = rest.join('/');
  const panel = PANELS.find((known) => known === name);
  if (!panel) return undefined;
  return item ? { panel, item } : { panel };
}

/** Shows the section that the address names, now and whenever the address changes. Returns what stops it. */
export function followHash(
  view: ViewStore,
  page: Pick<Window, 'location' | 'addEventListener' | 'removeEventListener'>,
): () => void {
  const follow = () => {
    const place = placeOf(page.location.hash);
    if (place) view.getState().show(place.panel, place.item);
  };
  follow();
  page.addEventListener('hashchange', follow);
  return () => page.removeEventListener('hashchange', follow);
}
