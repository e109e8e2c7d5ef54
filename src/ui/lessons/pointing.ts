/** Pointing at a control: its section is opened, it is scrolled to, outlined and focused. */
import type { ControlPlace } from '../../state/lessons.ts';
import type { ViewStore } from '../../state/viewStore.ts';

const MARK = 'data-pointed';
const WAIT_MS = 3000; // a run that is just being built draws its controls later

const INSIDE = 'select, input, button, [role="slider"]';

let num_asked = 0; // of all pointings: only the last one points

/** Takes the outline away from whatever has it, and from what would get it. */
export function pointAway(): void {
  num_asked++;
  for (const element of document.querySelectorAll(`[${MARK}]`)) element.removeAttribute(MARK);
}

/** Points at a control; resolves with whether it was there. */
export async function pointAt(view: ViewStore, { selector, panel }: ControlPlace): Promise<boolean> {
  pointAway();
  const mine = num_asked;
  const focused = document.activeElement;
  if (panel) view.getState().setOpen(panel, true);
  const began = performance.now();
  let element = document.querySelector<HTMLElement>(selector);
  while (!element && performance.now() - began < WAIT_MS) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    element = document.querySelector<HTMLElement>(selector);
  }
  if (mine !== num_asked) return true; // nobody waits for this one any more
  if (!element) return false;
  element.setAttribute(MARK, '');
  const is_calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const block = element.offsetHeight > innerHeight / 2 ? 'start' : 'center';
  element.scrollIntoView({ block, behavior: is_calm ? 'auto' : 'smooth' });
  const control = element.matches(INSIDE) ? element : element.querySelector<HTMLElement>(INSIDE);
  if (document.activeElement === focused) control?.focus({ preventScroll: true }); // not out of what was begun meanwhile
  return true;
}
