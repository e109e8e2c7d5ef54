/** What an embed wants to know of the reader's device and of the page around. */

/** The readers who are not shown anything moving before they ask: no WebGPU, data saver, or reduced motion. */
export function wantsPoster(query: URLSearchParams, view: Window = window): boolean {
  const { connection, gpu } = view.navigator as Navigator & { connection?: { saveData?: boolean } };
  const has_engine = gpu !== undefined || query.get('engine') === 'cpu';
  return !has_engine || connection?.saveData === true || view.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Luminance of a computed colour from 0 to 1; undefined where it is transparent or in a form that is not read. */
export function luminanceOf(color: string): number | undefined {
  const found = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(color);
  if (!found || Number(found[4] ?? 1) < 0.5) return undefined;
  const [r, g, b] = found.slice(1, 4).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const DARK_BELOW = 0.18;

/** Whether the page around an element is dark: its nearest ground, else the colour scheme that it declares. */
function themeAround(element: Element): 'light' | 'dark' {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const luminance = luminanceOf(getComputedStyle(at).backgroundColor);
    if (luminance !== undefined) return luminance < DARK_BELOW ? 'dark' : 'light';
  }
  const scheme = getComputedStyle(element).colorScheme;
  const is_dark = matchMedia('(prefers-color-scheme: dark)').matches;
  return /\bdark\b/.test(scheme) && (is_dark || !/\blight\b/.test(scheme)) ? 'dark' : 'light';
}

/** Calls back with the theme around whenever it may have changed. Returns what stops it. */
export function watchTheme(element: Element, tell: (theme: 'light' | 'dark') => void): () => void {
  let last = themeAround(element);
  const look = () => {
    const now = themeAround(element);
    if (now !== last) tell(now);
    last = now;
  };
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', look);
  const observer = new MutationObserver(look);
  for (const root of [document.documentElement, document.body])
    observer.observe(root, { attributes: true, attributeFilter: ['class', 'style', 'data-theme', 'data-color-mode'] });
  // a page may fade from one ground to the other
  document.addEventListener('transitionend', look);
  tell(last);
  return () => {
    media.removeEventListener('change', look);
    observer.disconnect();
    document.removeEventListener('transitionend', look);
  };
}
