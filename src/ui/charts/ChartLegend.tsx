import type { ChartRow } from '../../state/chartRows.ts';
import { formatCount, formatNumber } from '../../state/format.ts';
import { useLab, useRun } from '../lab.tsx';
import type { Series } from './MetricChart.tsx';

interface Props {
  series: readonly Series[];
  /** the row under the reading line; the latest values are shown without one */
  reading: ChartRow | undefined;
  optimum?: number;
  note: string;
}

/** Which line is which, with its value at the reading line or the latest one. */
export function ChartLegend({ series, reading, optimum, note }: Props) {
  const { run } = useLab();
  const infos = useRun((state) => state.info?.metrics);
  const { metrics } = run.getState();
  return (
    <p className="legend">
      {series.map(({ id, kind, color }) => {
        const label = infos?.find((info) => info.id === id)?.label;
        if (label === undefined) return null;
        const value = reading ? reading[id] : metrics.latest(id)?.mean;
        return (
          <span key={id} className="legend-item">
            <span className={`swatch is-${kind}`} style={{ color }} aria-hidden="true" />
            {label} <b>{typeof value === 'number' ? formatNumber(value) : 'not measured'}</b>
          </span>
        );
      })}
      {optimum !== undefined && (
        <span className="legend-item">
          <span className="swatch is-optimum" aria-hidden="true" />
          optimum <b>{formatNumber(optimum)}</b>
        </span>
      )}
      {note && <span className="legend-item muted">{note}</span>}
      <span className="legend-item legend-step muted">
        {reading ? `at step ${formatCount(reading.step)}` : 'latest'}
      </span>
    </p>
  );
}
