import { Fragment, type ReactNode, useEffect, useRef } from 'react';
import { cards } from '../../corpus/index.ts';
import { lessonOf, lessons } from '../../lessons/index.ts';
import type { Lesson } from '../../lessons/lesson.ts';
import { own } from '../../state/catalogue.ts';
import { withLesson } from '../../state/lessonAddress.ts';
import { TYPED } from '../controls/keyboard.ts';
import { useLab, useView } from '../lab.tsx';
import { ArxivLink } from '../links.tsx';
import { GoesOn, LessonBlock } from './LessonBlocks.tsx';
import { pointAway } from './pointing.ts';
import '../about/about.css';
import './lessons.css';

/** A link to a part of a lesson; followed here it changes nothing but the sheet. */
function LessonLink({ id, part, children }: { id: string; part: number; children: ReactNode }) {
  const { view } = useLab();
  return (
    <a
      href={withLesson(location.search, { id, part })}
      onClick={(event) => {
        if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        view.getState().setLesson({ id, part });
      }}
    >
      {children}
    </a>
  );
}

/** All lessons with their questions. */
function LessonList({ unknown }: { unknown: string }) {
  return (
    <>
      {unknown !== '' && <p role="alert">There is no lesson “{unknown}”. Choose one of these.</p>}
      <p>Pages to read beside the running playground. Each sets a run, says what to touch, and asks before it tells.</p>
      <ol className="lesson-list">
        {lessons.map(({ id, title, question, parts }) => (
          <li key={id}>
            <LessonLink id={id} part={1}>
              {title}
            </LessonLink>
            <span>{question}</span>
            <span className="muted">{parts.length} parts</span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** The papers that a lesson is about, from the cards and from what algorithms declare. */
function LessonPapers({ lesson }: { lesson: Lesson }) {
  const { catalogue } = useLab();
  const found = new Map<string, string | undefined>();
  for (const id of lesson.papers) found.set(cards[id].title, cards[id].arxiv ?? undefined);
  for (const id of lesson.algorithms) {
    const paper = own(catalogue.algorithms, id)?.paper;
    if (paper && ![...found.values()].some((arxiv) => arxiv && arxiv === paper.arxiv))
      found.set(paper.title, paper.arxiv);
  }
  return (
    <p className="lesson-papers">
      <span className="muted">{found.size === 1 ? 'Paper: ' : 'Papers: '}</span>
      {[...found].map(([title, arxiv], index) => (
        <Fragment key={title}>
          {index > 0 && '; '}
          {title}
          {arxiv && (
            <>
              , <ArxivLink id={arxiv} />
            </>
          )}
        </Fragment>
      ))}
    </p>
  );
}

/** The sheet of a lesson: one part at a time, with what comes before and after. The run is left as it is. */
export default function LessonSheet() {
  const { view } = useLab();
  const place = useView((state) => state.lesson) ?? { id: '', part: 1 };
  const lesson = lessonOf(place.id);
  const count = lesson?.parts.length ?? 0;
  const part = Math.min(Math.max(1, place.part), Math.max(1, count));
  const page = lesson?.parts[part - 1];
  const sheet = useRef<HTMLElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const shown = `${place.id} ${part}`;
  const former = useRef<string>(undefined);
  useEffect(() => {
    const is_first = former.current === undefined;
    former.current = shown;
    pointAway();
    if (sheet.current) sheet.current.scrollTop = 0;
    // who followed a link to this page keeps the place where the page began
    if (is_first && document.activeElement === document.body) return;
    title.current?.focus({ preventScroll: true });
    sheet.current?.scrollIntoView({ block: 'nearest' });
  }, [shown]);
  useEffect(() => pointAway, []);

  const next = lesson && lessons[lessons.indexOf(lesson) + 1];
  const go = (to: number) => {
    if (!lesson) return;
    if (to > count) view.getState().setLesson(next ? { id: next.id, part: 1 } : { id: '', part: 1 });
    else if (to >= 1) view.getState().setLesson({ id: lesson.id, part: to });
  };
  const turn = useRef(go);
  turn.current = go;
  const now = useRef(part);
  now.current = part;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return;
      if (event.target instanceof Element && event.target.closest(TYPED)) return;
      const by = { '.': 1, ',': -1 }[event.key];
      if (by === undefined || !view.getState().has_keys || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      turn.current(now.current + by);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [view]);
  const close = () => {
    view.getState().setLesson(undefined);
    document.querySelector<HTMLElement>('[data-role="lessons"]')?.focus();
  };

  return (
    <section ref={sheet} className="lesson" aria-labelledby="lesson-title" data-testid="lesson">
      <div className="lesson-head">
        <p className="muted">
          {lesson ? (
            <>
              <LessonLink id="" part={1}>
                Lessons
              </LessonLink>{' '}
              › {lesson.number}. {lesson.title}
            </>
          ) : (
            'Lessons'
          )}
        </p>
        <button type="button" className="quiet" onClick={close}>
          Close<span className="unseen"> the lesson; the run goes on</span>
        </button>
      </div>
      <h2 id="lesson-title" ref={title} tabIndex={-1}>
        {page ? page.title : 'Choose a lesson'}
      </h2>
      {lesson && page ? (
        <>
          {part === 1 && <p className="lesson-ask">{lesson.question}</p>}
          <GoesOn key={shown} lesson={lesson} part={part} />
          {page.blocks.map((block, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a block is its place on the page
            <LessonBlock key={`${shown} ${index}`} block={block} />
          ))}
          {part === count && <LessonPapers lesson={lesson} />}
          <nav className="lesson-turns" aria-label="Parts of the lesson">
            <button
              type="button"
              onClick={() => go(part - 1)}
              disabled={part === 1}
              aria-keyshortcuts=","
              title=", (comma)"
            >
              Previous
            </button>
            <span className="muted">
              {part} of {count}
            </span>
            <button
              type="button"
              className="primary"
              onClick={() => go(part + 1)}
              aria-keyshortcuts="."
              title=". (full stop)"
            >
              {part < count ? 'Next' : next ? 'Next lesson' : 'All lessons'}
            </button>
          </nav>
        </>
      ) : (
        <LessonList unknown={place.id} />
      )}
    </section>
  );
}
