import katex from 'katex';
import 'katex/dist/katex.min.css';
import { useLayoutEffect, useRef, useState } from 'react';

/** Writes LaTeX into an element, with MathML for readers who listen. `marked` is the same LaTeX with its symbols marked. */
export function useTypeset<E extends HTMLElement>(tex: string, displayMode: boolean, marked = tex) {
  const ref = useRef<E>(null);
  useLayoutEffect(() => {
    if (!ref.current) return;
    katex.render(marked, ref.current, {
      displayMode,
      throwOnError: false,
      strict: 'ignore',
      trust: ({ command }) => command === '\\htmlData',
    });
    const source = ref.current.querySelector('annotation');
    if (source) source.textContent = tex; // what is copied is the paper's formula
  }, [tex, displayMode, marked]);
  return ref;
}

/** An equation on a line of its own; where it is wider than the page it scrolls, also by keyboard. */
export function Equation({ tex, label }: { tex: string; label: string }) {
  const ref = useTypeset<HTMLDivElement>(tex, true);
  const [is_wide, setWide] = useState(false);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  // biome-ignore lint/a11y/useSemanticElements: no HTML element means a group of this kind
  return <div ref={ref} className="equation" role="group" aria-label={label} tabIndex={is_wide ? 0 : undefined} />;
}

/** A symbol inside a text. */
export function TexSymbol({ tex }: { tex: string }) {
  return <span ref={useTypeset<HTMLSpanElement>(tex, false)} className="symbol" />;
}
