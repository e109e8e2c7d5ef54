import katex from 'katex';
import 'katex/dist/katex.min.css';
import { type ComponentProps, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { clausesOf } from '../../state/clauses.ts';

/** Writes LaTeX into an element, with MathML for readers who listen. `marked` is the same LaTeX with its symbols marked. */
function useTypeset(tex: string, displayMode: boolean, marked = tex) {
  const ref = useRef<HTMLSpanElement>(null);
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

/** One clause of an equation; it keeps to one line. */
function Clause({ tex, marked }: { tex: string; marked: string }) {
  return <span ref={useTypeset(tex, true, marked)} />;
}

const SLACK = 1; // widths are rounded

/** Which edges an element hides something behind, as classes; '' where all of it is in sight. */
function useHiddenEdges(ref: RefObject<HTMLElement | null>, shown: string) {
  const [edges, setEdges] = useState('');
  const look = () => {
    const element = ref.current;
    if (!element) return;
    const { scrollLeft, scrollWidth, clientWidth } = element;
    const is_start = scrollLeft > SLACK;
    const is_end = scrollLeft + clientWidth < scrollWidth - SLACK;
    setEdges(`${is_start ? ' more-start' : ''}${is_end ? ' more-end' : ''}`);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shown` says that there are other clauses to watch
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(look);
    for (const watched of [element, ...element.children]) observer.observe(watched);
    return () => observer.disconnect();
  }, [ref, shown]);
  return { edges, look };
}

type EquationProps = { tex: string; marked?: string; label: string; ref?: RefObject<HTMLDivElement | null> } & Omit<
  ComponentProps<'div'>,
  'ref'
>;

/**
 * An equation on lines of its own: one where there is room, else one per clause. Where a clause is wider than the page it
 * scrolls, also by keyboard, and fades where more of it is. `marked` is the same LaTeX with its symbols marked.
 */
export function Equation({ tex, marked = tex, label, ref: given, ...more }: EquationProps) {
  const own = useRef<HTMLDivElement>(null);
  const ref = given ?? own;
  const { edges, look } = useHiddenEdges(ref, tex);
  const marked_clauses = clausesOf(marked);
  return (
    // biome-ignore lint/a11y/useSemanticElements: no HTML element means a group of this kind
    <div
      role="group"
      aria-label={label}
      tabIndex={edges === '' ? undefined : 0}
      {...more}
      ref={ref}
      className={`equation${edges}`}
      onScroll={look}
    >
      {clausesOf(tex).map((clause, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a clause is its place in the equation
        <Clause key={index} tex={clause} marked={marked_clauses[index]} />
      ))}
    </div>
  );
}

/** A symbol inside a text. */
export function TexSymbol({ tex }: { tex: string }) {
  return <span ref={useTypeset(tex, false)} className="symbol" />;
}
