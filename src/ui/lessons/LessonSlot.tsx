import { lazy } from 'react';
import { Loaded } from '../Loaded.tsx';
import { useView } from '../lab.tsx';

const LessonSheet = lazy(() => import('./LessonSheet.tsx'));

/** The place of a lesson: beside the charts where there is room, else below the statement. Empty while none is read. */
export function LessonSlot() {
  const is_open = useView((state) => state.lesson !== undefined);
  if (!is_open) return null;
  return (
    <Loaded what="the lessons">
      <LessonSheet />
    </Loaded>
  );
}
