import { useMemo } from 'react';
import { ChartFrame } from '../charts/ChartFrame.tsx';
import type { Series } from '../charts/MetricChart.tsx';
import { useChartData } from '../charts/useChartData.ts';
import { useLab, useLate, useRun, useView } from '../lab.tsx';

const REDRAW_MS = 200;

/** One more metric over the steps. */
export default function ChosenChart({ id }: { id: string }) {
  const { view } = useLab();
  const ids = useMemo(() => [id], [id]);
  const data = useLate(useChartData(ids, REDRAW_MS));
  const metric = useRun((state) => state.info?.metrics.find((info) => info.id === id));
  const charted = useView((state) => state.charted);
  const series = useMemo((): Series[] => [{ id, kind: 'line', color: 'var(--ink)' }], [id]);
  return (
    <ChartFrame title={metric?.label ?? id} unit={metric?.unit} data={data} series={series}>
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
