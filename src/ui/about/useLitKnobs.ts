import { useEffect } from 'react';
import type { Term } from '../../algorithms/algorithm.ts';
import type { TermPlace } from '../../state/terms.ts';
import { useLab } from '../lab.tsx';

/** The other way round: a slider or a row that is pointed at or focused lights the symbol that it sets. */
export function useLitKnobs(equations: readonly { place: TermPlace; terms: readonly Term[] }[]): void {
  const { view } = useLab();
  useEffect(() => {
    let mine: string | undefined;
    const point = ({ target }: Event) => {
      if (view.getState().lit?.is_held) return;
      const knob = target instanceof Element ? target.closest<HTMLElement>('[data-knob]')?.dataset.knob : undefined;
      if (knob === mine) return;
      const equation =
        knob === undefined ? undefined : equations.find(({ terms }) => terms.some((t) => t.knob === knob));
      const term = equation?.terms.find((one) => one.knob === knob);
      if (equation && term) view.getState().setLit({ ...term, place: equation.place, is_held: false });
      else if (mine !== undefined && view.getState().lit?.knob === mine) view.getState().setLit(undefined);
      mine = term && knob;
    };
    document.addEventListener('pointerover', point);
    document.addEventListener('focusin', point);
    return () => {
      document.removeEventListener('pointerover', point);
      document.removeEventListener('focusin', point);
      view.getState().setLit(undefined); // its equation is gone
    };
  }, [view, equations]);
}
