import { useState } from 'react';
import { keepTheme, keptTheme, showTheme, THEMES, type Theme } from '../../state/theme.ts';

const TITLES: Record<Theme, string> = { auto: '◐ System', light: '◐ Light', dark: '◐ Dark' };
const storage = () => localStorage;

/** The choice between light, dark and the system's own. */
export function ThemePick() {
  const [theme, setTheme] = useState(() => keptTheme(storage));
  const pick = (next: Theme) => {
    setTheme(next);
    showTheme(next, document.documentElement);
    keepTheme(next, storage);
  };
  return (
    <select
      className="theme"
      aria-label="Theme"
      title="Theme"
      value={theme}
      onChange={(event) => pick(event.target.value as Theme)}
    >
      {THEMES.map((id) => (
        <option key={id} value={id}>
          {TITLES[id]}
        </option>
      ))}
    </select>
  );
}
