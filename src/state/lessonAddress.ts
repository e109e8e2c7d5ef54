/** Which lesson is read, as part of the address: `?lesson=entropy_collapse&part=2`, beside what says what runs. */
import { versioned } from './urlState.ts';
import type { ViewState, ViewStore } from './viewStore.ts';

/** A lesson and its part from 1; the id '' is the list of all. */
export type LessonPlace = NonNullable<ViewState['lesson']>;

/** The lesson that a query names, or undefined. Which lessons exist is for the reader of the lesson to say. */
export function lessonIn(search: string): LessonPlace | undefined {
  const query = new URLSearchParams(search);
  const id = query.get('lesson');
  if (id === null) return undefined;
  const part = Math.round(Number(query.get('part') ?? 1));
  return { id: id.slice(0, 60), part: Number.isFinite(part) ? Math.min(99, Math.max(1, part)) : 1 };
}

/** The same query with another lesson, or with none. */
export function withLesson(search: string, lesson: LessonPlace | undefined): string {
  const query = new URLSearchParams(search);
  query.delete('lesson');
  query.delete('part');
  if (lesson) {
    query.set('lesson', lesson.id);
    if (lesson.id !== '') query.set('part', String(lesson.part));
  }
  return versioned(query.toString());
}

/** Opens the lesson that the address names, and keeps the address equal to what is read. Returns what stops it. */
export function keepLesson(view: ViewStore, page: Pick<Window, 'location' | 'history'>): () => void {
  const named = lessonIn(page.location.search);
  if (named) view.getState().setLesson(named);
  return view.subscribe((state, before) => {
    if (state.lesson === before.lesson) return;
    const { location, history } = page;
    const query = withLesson(location.search, state.lesson);
    if (query !== location.search) history.replaceState(history.state, '', location.pathname + query + location.hash);
  });
}
