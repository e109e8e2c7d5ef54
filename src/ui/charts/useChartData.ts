import { useMemo } from 'react';
import { type Drawn, drawnRows, type Span } from '../../state/chartRows.ts';
import type { CompareBy } from '../../state/runs.ts';
import { windowOf } from '../../state/zoom.ts';
import { useFrame, useLab, useRuns, useView } from '../lab.tsx';

/** Rows and the way in which they are drawn: they change together. */
export interface ChartData extends Drawn {
  by: CompareBy;
  /** the part of the axis that is looked at; undefined is all of it */
  window: Span | undefined;
  smoothing: number;
  is_log: boolean;
}

/** The rows of some metrics, again after at most `interval_ms` while they arrive. */
export function useChartData(ids: readonly string[], interval_ms: number): ChartData {
  const { run } = useLab();
  const frame = useFrame(interval_ms);
  const by = useRuns((state) => state.compare_by);
  const { smoothing, is_log, is_single, zoom } = useView((state) => state.chart);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `frame` says that the rows, kept outside React, have grown
  return useMemo(() => {
    const state = run.getState();
    const window = windowOf(zoom, state.metrics, by);
    const has_singles = is_single && state.metrics.num_replicas > 1;
    return { ...drawnRows(state, ids, { by, window, smoothing, has_singles }), by, window, smoothing, is_log };
  }, [run, ids, frame, by, smoothing, is_log, is_single, zoom]);
}
