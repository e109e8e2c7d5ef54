import { useMemo } from 'react';
import { type Drawn, drawnRows, type Span } from '../../state/chartRows.ts';
import type { CompareBy } from '../../state/runs.ts';
import { type Swept, sweptOf } from '../../state/sweep.ts';
import { windowOf } from '../../state/zoom.ts';
import { useFrame, useLab, useRun, useRuns, useView } from '../lab.tsx';

/** Rows and the way in which they are drawn: they change together. */
export interface ChartData extends Drawn {
  by: CompareBy;
  /** the part of the axis that is looked at; undefined is all of it */
  window: Span | undefined;
  smoothing: number;
  is_log: boolean;
  /** where the replicas differ, and each has its own line: which of them were told the same */
  swept: Swept | undefined;
}

/** The rows of some metrics, again after at most `interval_ms` while they arrive. */
export function useChartData(ids: readonly string[], interval_ms: number): ChartData {
  const { run } = useLab();
  const frame = useFrame(interval_ms);
  const by = useRuns((state) => state.compare_by);
  const { smoothing, is_log, is_single, zoom } = useView((state) => state.chart);
  const spread = useRun((state) => state.spread);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `frame` says that the rows, kept outside React, have grown
  return useMemo(() => {
    const state = run.getState();
    const window = windowOf(zoom, state.metrics, by);
    const has_singles = (is_single || spread !== undefined) && state.metrics.num_replicas > 1;
    const drawn = drawnRows(state, ids, { by, window, smoothing, has_singles });
    const swept = spread && drawn.num_singles > 0 ? sweptOf(spread) : undefined;
    return { ...drawn, by, window, smoothing, is_log, swept };
  }, [run, ids, frame, by, smoothing, is_log, is_single, spread, zoom]);
}
