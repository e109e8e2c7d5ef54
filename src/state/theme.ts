/** Light, dark, or as the system has it: one attribute of the document, kept in the browser. */

export const THEMES = ['auto', 'light', 'dark'] as const;
/** `auto` follows the system. */
export type Theme = (typeof THEMES)[number];

const KEY = 'rollout-lab-theme';

const isTheme = (text: string | null): text is Theme => THEMES.some((theme) => theme === text);

/** The theme that the reader chose at an earlier visit; `auto` where there is none or storage is refused. */
export function keptTheme(storage: () => Storage): Theme {
  try {
    const text = storage().getItem(KEY);
    return isTheme(text) ? text : 'auto';
  } catch {
    return 'auto';
  }
}

/** Shows a theme; `page.css` reads the attribute. */
export function showTheme(theme: Theme, root: HTMLElement): void {
  if (theme === 'auto') delete root.dataset.theme;
  else root.dataset.theme = theme;
}

/** Remembers a theme for the next visit, where the browser allows it. */
export function keepTheme(theme: Theme, storage: () => Storage): void {
  try {
    if (theme === 'auto') storage().removeItem(KEY);
    else storage().setItem(KEY, theme);
  } catch {
    // refused storage costs only the memory
  }
}
