import { useMemo } from 'react';
import { chartRows, rowsBySeconds } from '../../state/chartRows.ts';
import { ChartFrame } from '../charts/ChartFrame.tsx';
import type { Series } from '../charts/MetricChart.tsx';
import { useFrame, useLab, useRun, useRuns, useView } from '../lab.tsx';

const REDRAW_MS = 200;

/** One more metric over the steps. */
export default function ChosenChart({ id }: { id: string }) {
  const { run, view } = useLab();
  const frame = useFrame(REDRAW_MS);
  const by = useRuns((state) => state.compare_by);
  const metric = useRun((state) => state.info?.metrics.find((info) => info.id === id));
  const charted = useView((state) => state.charted);
  const series = useMemo((): Series[] => [{ id, kind: 'line', color: 'var(--ink)' }], [id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `frame` says that the rows, kept outside React, have grown
  const rows = useMemo(() => {
    const by_step = chartRows(run.getState(), [id]);
    return by === 'step' ? by_step : rowsBySeconds(run.getState(), by_step);
  }, [run, frame, id, by]);
  return (
    <ChartFrame title={metric?.label ?? id} unit={metric?.unit} rows={rows} series={series}>
      <button
        type="button"
        className="quiet"
        aria-label={`Remove the chart of ${metric?.label ?? id}`}
        onClick={() => view.getState().setCharted(charted.filter((other) => other !== id))}
      >
        Remove
      </button>
    </ChartFrame>
  );
}
