import { useMemo } from 'react';
import type { Span } from '../../state/chartRows.ts';
import type { CompareBy, Overlay } from '../../state/runs.ts';
import { type Curve, curveOf, makeCurve } from '../../state/runsChart.ts';
import { useRuns } from '../lab.tsx';

/** A kept run's curve on one chart. */
export interface Overlaid {
  overlay: Overlay;
  slot: number;
  curve: Curve;
}

/** The overlaid runs' curves of one metric, in a window where there is one, smoothed as the live one is. */
export function useOverlaid(
  metric: string,
  by: CompareBy,
  window: Span | undefined,
  smoothing: number,
): readonly Overlaid[] {
  const overlays = useRuns((state) => state.overlays);
  return useMemo(
    () =>
      overlays.map((overlay) => {
        const is_whole = !window && smoothing < 2;
        const curve = is_whole
          ? curveOf(overlay.rows, metric, by)
          : makeCurve(overlay.rows, metric, by, window, smoothing);
        return { overlay, slot: overlay.slot, curve };
      }),
    [overlays, metric, by, window, smoothing],
  );
}
