/** Pointing at a control: its section is opened, it is scrolled to, outlined and focused. */
import type { ControlPlace } from '../../state/lessons.ts';
import type { ViewStore } from '../../state/viewStore.ts';

const MARK = 'data-pointed';
const WAIT_MS = 3000; // a run that is just being built draws its controls later

const INSIDE = 'select, input, button, [role="slider"]';

/** Takes the outline away from whatever has it. */
export function pointAway(): void {
  for (const element of document.querySelectorAll(`[${MARK}]`)) element.removeAttribute(MARK);
}

/** Points at a control; resolves with whether it was there. */
export async function pointAt(view: ViewStore, { selector, panel }: ControlPlace): Promise<boolean> {
  pointAway();
  if (panel) view.getState().setOpen(panel, true);
  const began = performance.now();
  let element = document.querySelector<HTMLElement>(selector);
  while (!element && performance.now() - began < WAIT_MS) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    element = document.querySelector<HTMLElement>(selector);
  }
  if (!element) return false;
  element.setAttribute(MARK, '');
  const is_calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const block = element.offsetHeight > innerHeight / 2 ? 'start' : 'center';
  element.scrollIntoView({ block, behavior: is_calm ? 'auto' : 'smooth' });
  const control = element.matches(INSIDE) ? element : element.querySelector<HTMLElement>(INSIDE);
  control?.focus({ preventScroll: true });
  return true;
}
