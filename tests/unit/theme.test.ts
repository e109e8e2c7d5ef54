/** The theme: what is kept, what is read of it, and what refused storage does. */
import { describe, expect, it } from 'vitest';
import { keepTheme, keptTheme, showTheme } from '../../src/state/theme.ts';

function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    clear: () => kept.clear(),
    key: (k: number) => [...kept.keys()][k] ?? null,
    get length() {
      return kept.size;
    },
  };
}
const refused = (): Storage => {
  throw new DOMException('The operation is insecure.');
};

describe('theme', () => {
  it('is read as it was kept, and auto leaves nothing behind', () => {
    const storage = memory();
    expect(keptTheme(() => storage)).toBe('auto');
    keepTheme('dark', () => storage);
    expect(keptTheme(() => storage)).toBe('dark');
    keepTheme('auto', () => storage);
    expect(storage.length).toBe(0);
  });
  it('takes what it does not know, and refused storage, for auto', () => {
    const storage = memory();
    keepTheme('dark', () => storage);
    storage.setItem(storage.key(0)!, 'purple');
    expect(keptTheme(() => storage)).toBe('auto');
    expect(keptTheme(refused)).toBe('auto');
    expect(() => keepTheme('dark', refused)).not.toThrow();
  });
  it('shows a choice on the document, and auto by the absence of one', () => {
    const root = { dataset: {} } as HTMLElement;
    showTheme('dark', root);
    expect(root.dataset.theme).toBe('dark');
    showTheme('auto', root);
    expect(root.dataset).toEqual({});
  });
});
