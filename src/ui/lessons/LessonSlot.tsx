import { lazy, Suspense } from 'react';
import { useView } from '../lab.tsx';

const LessonSheet = lazy(() => import('./LessonSheet.tsx'));

/** The place of a lesson: beside the charts where there is room, else below the statement. Empty while none is read. */
export function LessonSlot() {
  const is_open = useView((state) => state.lesson !== undefined);
  if (!is_open) return null;
  return (
    <Suspense fallback={<p className="muted">Loading the lessons</p>}>
      <LessonSheet />
    </Suspense>
  );
}
