/** The keys that work anywhere on the page. */
import { useEffect } from 'react';
import { useLab } from '../lab.tsx';

/** Every key with what it does, as the help shows it. */
export const KEYS: readonly (readonly [string, string])[] = [
  ['Space', 'play or pause'],
  ['S', 'one step, then pause'],
  ['R', 'reset to step 0'],
  ['P', 'choose an algorithm'],
  ['K', 'keep the run on the charts and start it afresh'],
  [', .', 'previous or next part of an open lesson'],
  ['?', 'show or hide this list'],
  ['← →', 'move a focused slider, or the reading line of a focused chart'],
  ['+ − 0', 'zoom all charts in or out, or show the whole run, from a focused chart'],
  ['Shift ← →', 'move the window of a zoomed chart'],
  ['Home End', 'first or last position of a focused slider or chart'],
  ['↑ ↓', 'move through the list of algorithms; type to search it, Enter takes one'],
  ['Esc', 'close this list or another, or take a chart’s reading line away'],
];

/** Where a letter is typed or means something already. */
export const TYPED =
  'input:not([type=range]):not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]';
const PRESSED = 'button, summary, a[href], [role=button], input[type=checkbox], input[type=radio]';

/** Listens for the page's keys while the component is shown; keys that an element needs for itself are left to it. */
export function useKeys(): void {
  const { session, view, runs } = useLab();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest(TYPED)) return;
      if (event.key === ' ' && target.closest(PRESSED)) return;
      const { has_keys, is_help_open, is_picker_open } = view.getState();
      if (!has_keys && event.key !== ' ') return;
      const act = {
        ' ': () => void session.toggle(),
        s: () => void session.step(),
        r: () => void session.reset(),
        p: () => view.getState().setPicker(true),
        k: () => void runs.getState().keepAndCompare(() => session.reset()),
        '?': () => view.getState().setHelp(!is_help_open),
      }[event.key.toLowerCase()];
      if (!act || is_picker_open || (is_help_open && event.key !== '?')) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [session, view, runs]);
}
