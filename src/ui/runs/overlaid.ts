import { useMemo } from 'react';
import type { CompareBy, Overlay } from '../../state/runs.ts';
import { type Curve, curveOf } from '../../state/runsChart.ts';
import { useRuns } from '../lab.tsx';

/** A kept run's curve on one chart. */
export interface Overlaid {
  overlay: Overlay;
  slot: number;
  curve: Curve;
}

/** The overlaid runs' curves of one metric. */
export function useOverlaid(metric: string): { by: CompareBy; overlaid: readonly Overlaid[] } {
  const overlays = useRuns((state) => state.overlays);
  const by = useRuns((state) => state.compare_by);
  const overlaid = useMemo(
    () => overlays.map((overlay) => ({ overlay, slot: overlay.slot, curve: curveOf(overlay.rows, metric, by) })),
    [overlays, metric, by],
  );
  return { by, overlaid };
}
