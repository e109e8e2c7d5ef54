import { createContext, type ReactNode, useContext, useEffect, useRef } from 'react';
import type { PanelId } from '../state/viewStore.ts';
import { useLab, useView } from './lab.tsx';

const SETTLE_MS = 4000;
const HANDS_ON = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/** Scrolls to a section, again while what stands around it still grows, until the reader takes over. */
function keepInSight(section: HTMLElement): () => void {
  // where a link leads to one thing inside the section, that is what comes into sight
  const aim = () => (section.querySelector('[data-aim]') ?? section).scrollIntoView();
  const observer = new ResizeObserver(aim);
  const stop = () => {
    observer.disconnect();
    clearTimeout(timer);
    for (const event of HANDS_ON) window.removeEventListener(event, stop);
  };
  const timer = setTimeout(stop, SETTLE_MS);
  for (const event of HANDS_ON) window.addEventListener(event, stop, { passive: true });
  aim();
  observer.observe(document.body);
  return stop;
}

/** Whether sections scroll in themselves: then they must be reachable from the keyboard, also those with nothing to press. */
export const ScrollingSections = createContext(false);

/** A section that folds under its heading; `note` is said beside the heading in either state. */
export function Panel({
  id,
  title,
  note,
  children,
}: {
  id: PanelId;
  title: string;
  note?: ReactNode;
  children: ReactNode;
}) {
  const { view } = useLab();
  const is_open = useView((state) => state.open[id]);
  const shown = useView((state) => (state.shown?.panel === id ? state.shown.count : 0));
  const reachable = useContext(ScrollingSections)
    ? { tabIndex: 0, role: 'group', 'aria-labelledby': `${id}-title` }
    : {};
  const section = useRef<HTMLElement>(null);
  const fold = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (shown === 0 || !section.current) return;
    fold.current?.focus({ preventScroll: true });
    return keepInSight(section.current);
  }, [shown]);
  return (
    <section ref={section} className="panel" aria-labelledby={`${id}-title`}>
      <div className="panel-head">
        <h2 id={`${id}-title`}>
          <button
            ref={fold}
            type="button"
            className="panel-fold"
            aria-expanded={is_open}
            aria-controls={`${id}-body`}
            onClick={() => view.getState().setOpen(id, !is_open)}
          >
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <path d="M2.5 1.5 7 5 2.5 8.5" />
            </svg>
            {title}
          </button>
        </h2>
        {note && <span className="panel-note">{note}</span>}
      </div>
      <div id={`${id}-body`} className="panel-body" hidden={!is_open} {...reachable}>
        {is_open && children}
      </div>
    </section>
  );
}
