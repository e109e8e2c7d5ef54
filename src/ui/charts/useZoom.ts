import { useMemo } from 'react';
import type { Span } from '../../state/chartRows.ts';
import { fitted, panned, scaled, wholeSpan, windowOf } from '../../state/zoom.ts';
import { useLab } from '../lab.tsx';

const STEP = 2;
const PAN = 0.25;

/** What can be done with the window that all charts look through. */
export interface ZoomMoves {
  /** the window, or everything */
  now(): Span;
  to(wanted: Span): void;
  /** Half as wide, or twice; the place stays where it is. */
  closer(about?: number): void;
  wider(about?: number): void;
  by(factor: number, about: number): void;
  earlier(): void;
  later(): void;
  reset(): void;
}

/** The window of the charts, to be moved. */
export function useZoom(): ZoomMoves {
  const { run, runs, view } = useLab();
  return useMemo((): ZoomMoves => {
    const axis = () => runs.getState().compare_by;
    const { metrics } = run.getState();
    const whole = () => wholeSpan(metrics, runs.getState().overlays, axis());
    const now = () => windowOf(view.getState().chart.zoom, metrics, axis()) ?? whole();
    const to = (wanted: Span) => {
      const window = fitted(wanted, whole(), axis());
      view.getState().setChart({ zoom: window && { ...window, by: axis(), generation: metrics.generation } });
    };
    const by = (factor: number, about: number) => to(scaled(now(), factor, about));
    const middle = () => (now().first + now().last) / 2;
    return {
      now,
      to,
      by,
      closer: (about) => by(1 / STEP, about ?? view.getState().read_step ?? middle()),
      wider: (about) => by(STEP, about ?? view.getState().read_step ?? middle()),
      earlier: () => to(panned(now(), -PAN, whole())),
      later: () => to(panned(now(), PAN, whole())),
      reset: () => view.getState().setChart({ zoom: undefined }),
    };
  }, [run, runs, view]);
}
