import katex from 'katex';
import 'katex/dist/katex.min.css';
import { useLayoutEffect, useRef, useState } from 'react';

/** Writes LaTeX into an element, with MathML for readers who listen. */
function useTypeset<E extends HTMLElement>(tex: string, displayMode: boolean) {
  const ref = useRef<E>(null);
  useLayoutEffect(() => {
    if (ref.current) katex.render(tex, ref.current, { displayMode, throwOnError: false, strict: 'ignore' });
  }, [tex, displayMode]);
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
