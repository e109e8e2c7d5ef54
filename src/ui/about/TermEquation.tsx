import { type FocusEvent, type KeyboardEvent, type PointerEvent, useId, useLayoutEffect, useMemo, useRef } from 'react';
import type { Term } from '../../algorithms/algorithm.ts';
import { markTerms, type TermPlace } from '../../state/terms.ts';
import { useLab, useView } from '../lab.tsx';
import { Equation } from './Equation.tsx';

/** An equation, and what its symbols may be. */
export interface TermEquationProps {
  tex: string;
  label: string;
  place: TermPlace;
  terms: readonly Term[];
}

const spansOf = (element: HTMLElement | null): HTMLElement[] => [
  ...(element?.querySelectorAll<HTMLElement>('[data-term]') ?? []),
];

/** An equation whose symbols light what they stand for: under the pointer, by the arrow keys, and held by a click or Enter. */
export function TermEquation({ tex, label, place, terms }: TermEquationProps) {
  const { view } = useLab();
  const id = useId();
  const { marked, found } = useMemo(() => markTerms(tex, terms), [tex, terms]);
  const ref = useRef<HTMLDivElement>(null);
  const lit = useView((state) => (state.lit?.place === place ? state.lit.symbol : undefined));
  const termOf = (span: HTMLElement): Term => terms[Number(span.dataset.term)];
  // biome-ignore lint/correctness/useExhaustiveDependencies: the spans are made anew from `marked`
  useLayoutEffect(() => {
    for (const span of spansOf(ref.current)) span.classList.toggle('is-lit', termOf(span).symbol === lit);
  }, [marked, lit]);

  const light = (span: HTMLElement | undefined, is_held: boolean) => {
    view.getState().setLit(span && { ...termOf(span), place, is_held });
  };
  const isHeld = () => view.getState().lit?.is_held === true;
  const spanAt = (target: EventTarget) =>
    (target instanceof Element && target.closest<HTMLElement>('[data-term]')) || undefined;
  const point = (event: PointerEvent) => !isHeld() && light(spanAt(event.target), false);
  const leave = () => !isHeld() && light(undefined, false);
  const hold = (span: HTMLElement | undefined) => {
    const is_same = isHeld() && span !== undefined && termOf(span).symbol === lit;
    light(is_same ? undefined : span, true);
  };
  const enter = (event: FocusEvent<HTMLElement>) => {
    if (!isHeld() && event.currentTarget.matches(':focus-visible')) light(spansOf(ref.current)[0], false);
  };
  const press = (event: KeyboardEvent) => {
    const spans = spansOf(ref.current);
    const at = spans.findIndex((span) => termOf(span).symbol === lit);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    // to the next symbol that is another one
    let next = at;
    if (step !== undefined) {
      do next += step;
      while (spans[next] && lit !== undefined && termOf(spans[next]).symbol === lit);
    }
    const to = { Home: 0, End: spans.length - 1 }[event.key] ?? (step === undefined ? undefined : next);
    if (event.key === 'Enter' && at >= 0) hold(spans[at]);
    else if (event.key === 'Escape') light(undefined, false);
    else if (to !== undefined) {
      const span = spans[Math.min(spans.length - 1, Math.max(0, to))];
      light(span, false);
      span?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <Equation
        ref={ref}
        tex={tex}
        marked={marked}
        label={label}
        aria-describedby={found.length > 0 ? id : undefined}
        tabIndex={0} // the arrow keys walk through its symbols
        onPointerOver={point}
        onPointerLeave={leave}
        onClick={(event) => hold(spanAt(event.target))}
        onFocus={enter}
        onBlur={leave}
        onKeyDown={press}
      />
      <span id={id} hidden>
        {found.length === 1 ? 'One symbol' : `${found.length} symbols`}; the arrow keys walk through them, Enter holds
        one.
      </span>
    </>
  );
}
